//! One name, to all servers: the next if one is silent or cannot tell, as often as the machine says.

use crate::exchange::Sent;
use crate::message::{Kind, Miss, Query, Told};
use crate::settings::Settings;
use domain::base::Name;
use std::net::IpAddr;
use std::time::Instant;

/// Asks for a name. There is an answer for each kind, in their order; their questions are on the way at once.
pub(crate) fn ask(settings: &Settings, name: &str, kinds: &[Kind], until: Instant) -> Vec<Result<Told, Miss>> {
    let Ok(name) = name.parse() else { return kinds.iter().map(|_| Err(Miss::NoName)).collect() };
    let mut answers: Vec<Result<Told, Miss>> = kinds.iter().map(|_| Err(Miss::Silent)).collect();
    for _ in 0..settings.attempts {
        for server in &settings.servers {
            let end = until.min(Instant::now() + settings.patience());
            let is_open = |at: &usize| answers[*at].as_ref().is_err_and(|miss| !miss.is_final());
            let open: Vec<usize> = (0..kinds.len()).filter(is_open).collect();
            if open.is_empty() || end <= Instant::now() {
                return answers;
            }
            let send =
                |at: usize| Query::new(&name, kinds[at]).and_then(|query| Sent::new(query, *server, settings.is_tcp));
            let sent: Vec<(usize, Result<Sent, Miss>)> = open.into_iter().map(|at| (at, send(at))).collect();
            for (at, sent) in sent {
                match sent.and_then(|sent| sent.wait(end)) {
                    // What another server has said tells more.
                    Err(Miss::Silent) => {}
                    answer => answers[at] = answer,
                }
            }
        }
        // Some servers never answer for one of the families; what the other has is enough then.
        if answers.iter().any(Result::is_ok) {
            break;
        }
    }
    answers
}

/// The question for the names of an address.
pub(crate) fn pointer(address: IpAddr) -> Option<String> {
    Some(Name::<Vec<u8>>::reverse_from_addr(address).ok()?.to_string())
}
