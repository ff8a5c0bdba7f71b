//! Questions to name servers, and what is read in their answers. These may hold anything: the crate `domain` checks each length
//! and each name in them.

use crate::name::is_name;
use crate::{Failure, MOST_ADDRESSES};
use domain::base::iana::{Class, Opcode, Rcode, Rtype};
use domain::base::{Message, MessageBuilder, Name, ParseRecordData, ParsedName};
use domain::rdata::{A, Aaaa, Ptr};
use rustix::rand::{GetRandomFlags, getrandom};
use std::net::IpAddr;

/// What is asked about a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Its IPv4 addresses.
    V4,
    /// Its IPv6 addresses.
    V6,
    /// The names that it points to, which is how an address has names.
    Pointer,
}

impl Kind {
    fn number(self) -> Rtype {
        match self {
            Kind::V4 => Rtype::A,
            Kind::V6 => Rtype::AAAA,
            Kind::Pointer => Rtype::PTR,
        }
    }
}

/// What a server has told of a name; one of the lists is not empty.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// What the aliases in the answer lead to; `None` if that could not be asked for.
    pub canonical: Option<String>,
    /// At most [`MOST_ADDRESSES`].
    pub addresses: Vec<IpAddr>,
    /// The names that a pointer leads to, if they are names.
    pub names: Vec<String>,
}

/// Why a server has told nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Miss {
    /// There is no such name.
    NoName,
    /// The name has nothing of the kind.
    NoData,
    /// The server cannot find out now; another may.
    Unable,
    /// The server does not want to answer, or its answer cannot be read; another may do better.
    Refused,
    /// Nothing has come in time.
    Silent,
}

impl Miss {
    /// Whether no other server has to be asked.
    pub fn is_final(self) -> bool {
        matches!(self, Miss::NoName | Miss::NoData)
    }
}

impl From<Miss> for Failure {
    fn from(miss: Miss) -> Failure {
        match miss {
            Miss::NoName => Failure::NoName,
            Miss::NoData => Failure::NoData,
            Miss::Unable | Miss::Silent => Failure::Again,
            Miss::Refused => Failure::Fail,
        }
    }
}

/// A question with an id of its own, as it is sent.
#[derive(Debug)]
pub(crate) struct Query {
    message: Message<Vec<u8>>,
    kind: Kind,
}

impl Query {
    /// Asks for a name. The id is random: nobody but the server that is asked knows it.
    pub fn new(name: &Name<Vec<u8>>, kind: Kind) -> Result<Query, Miss> {
        let mut id = [0; 2];
        getrandom(&mut id, GetRandomFlags::empty()).map_err(|_| Miss::Refused)?;
        let mut builder = MessageBuilder::new_vec();
        builder.header_mut().set_id(u16::from_ne_bytes(id));
        builder.header_mut().set_rd(true);
        let mut builder = builder.question();
        builder.push((name, kind.number(), Class::IN)).map_err(|_| Miss::NoName)?;
        Ok(Query { message: builder.into_message(), kind })
    }

    /// The bytes to send.
    pub fn bytes(&self) -> &[u8] {
        self.message.as_slice()
    }

    /// The answer to this question; `None` if the bytes are something else.
    pub fn answer<'a>(&self, bytes: &'a [u8]) -> Option<&'a Message<[u8]>> {
        let answer = Message::from_slice(bytes).ok()?;
        let (ours, header) = (self.message.sole_question().ok()?, answer.header());
        let is_it = header.qr() && header.opcode() == Opcode::QUERY && header.id() == self.message.header().id();
        let theirs = answer.sole_question().ok().filter(|_| is_it)?;
        let is_same =
            theirs.qname() == ours.qname() && theirs.qtype() == ours.qtype() && theirs.qclass() == ours.qclass();
        is_same.then_some(answer)
    }

    /// What an answer tells. Aliases in it are followed, as many as servers make.
    pub fn told(&self, answer: &Message<[u8]>) -> Result<Told, Miss> {
        match answer.header().rcode() {
            Rcode::NOERROR => {}
            Rcode::NXDOMAIN => return Err(Miss::NoName),
            Rcode::SERVFAIL => return Err(Miss::Unable),
            _ => return Err(Miss::Refused),
        }
        let owner = answer.canonical_name().ok_or(Miss::Refused)?;
        let (mut addresses, mut names) = (Vec::new(), Vec::new());
        match self.kind {
            Kind::V4 => addresses = all(answer, &owner, |data: &A| IpAddr::V4(data.addr()))?,
            Kind::V6 => addresses = all(answer, &owner, |data: &Aaaa| IpAddr::V6(data.addr()))?,
            Kind::Pointer => names = all(answer, &owner, |data: &Ptr<ParsedName<&[u8]>>| data.ptrdname().to_string())?,
        }
        if addresses.is_empty() && names.is_empty() {
            return Err(Miss::NoData);
        }
        let names = names.iter().filter_map(|name| plain(name)).collect();
        Ok(Told { canonical: plain(&owner.to_string()), addresses, names })
    }
}

/// The records of `owner`, as `value` reads them, at most [`MOST_ADDRESSES`]. One that cannot be read spoils the answer.
fn all<'a, D: ParseRecordData<'a, [u8]>, T>(
    answer: &'a Message<[u8]>,
    owner: &ParsedName<&[u8]>,
    value: impl Fn(&D) -> T,
) -> Result<Vec<T>, Miss> {
    let records = answer.answer().map_err(|_| Miss::Refused)?.limit_to_in::<D>();
    let own = records.filter(|record| record.as_ref().map_or(true, |record| record.owner() == owner));
    let values = own.map(|record| record.map(|record| value(record.data())));
    values.take(MOST_ADDRESSES).collect::<Result<_, _>>().map_err(|_| Miss::Refused)
}

/// A name of an answer, if it is one that can be asked for. Others can hold any bytes.
fn plain(name: &str) -> Option<String> {
    let name = name.strip_suffix('.').unwrap_or(name);
    is_name(name).then(|| name.to_string())
}
