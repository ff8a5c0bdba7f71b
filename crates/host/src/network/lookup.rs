//! Names and addresses, looked up while other threads run. A call that waits for a lookup is made again when it is over, and then
//! finds the answer here.

use super::{Machine, Network, NetworkUse};
use crate::files::Work;
use names::{Failure, Found};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Most answers that wait for their calls. There is one for each thread at most, unless the guest has changed its mind.
const MOST_ANSWERS: usize = crate::abi::MAX_THREADS;

/// What is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// The addresses of a name.
    Addresses(String, names::Family),
    /// The name of an address.
    Name(IpAddr),
}

/// What came of it.
enum Answer {
    Addresses(Result<Found, Failure>),
    Name(Result<String, Failure>),
}

/// Answers to questions, of which the oldest comes first.
#[derive(Default)]
pub(super) struct Answers(Mutex<Vec<(Question, Answer)>>);

/// How far a lookup has come.
pub(crate) enum Lookup {
    /// The text that answers it.
    Told(String),
    /// When this is done the answer is there.
    Waiting(Work),
}

impl Network {
    /// Asks, if the policy lets it.
    pub fn ask(&self, question: Question) -> Lookup {
        match (self, question) {
            (Network::Unplugged(attempts), question) => {
                attempts.add(
                    NetworkUse::LookUp,
                    match question {
                        Question::Addresses(name, _) => name,
                        Question::Name(address) => address.to_string(),
                    },
                );
                Lookup::Told("again".to_string())
            }
            (Network::Machine(machine), question) => machine.ask(question),
        }
    }

    /// The answer to a question that was asked.
    pub fn answer(&self, question: &Question) -> String {
        match self {
            Network::Machine(machine) => machine.answer(question),
            Network::Unplugged(_) => "again".to_string(),
        }
    }
}

impl Machine {
    fn ask(self: &Arc<Machine>, question: Question) -> Lookup {
        let may = match &question {
            Question::Addresses(name, _) if name.is_empty() => return Lookup::Told("noname".to_string()),
            Question::Addresses(name, _) => self.policy().may_look_up(name),
            Question::Name(address) => self.policy().may_look_up_address(*address),
        };
        if !may {
            return Lookup::Told("denied".to_string());
        }
        let machine = self.clone();
        Lookup::Waiting(Work::new(move || {
            let answer = match &question {
                Question::Addresses(name, family) => Answer::Addresses(machine.resolver.look_up(name, *family)),
                Question::Name(address) => Answer::Name(machine.resolver.reverse(*address)),
            };
            machine.answers.add(question, answer);
            Ok(())
        }))
    }

    fn answer(&self, question: &Question) -> String {
        match (self.answers.take(question), question) {
            (Some(Answer::Addresses(Ok(found))), Question::Addresses(name, _)) => {
                let addresses = self.policy().found(name, found.addresses);
                if addresses.is_empty() {
                    return "denied".to_string();
                }
                let lines: String = addresses.iter().map(|address| format!("\n{address}")).collect();
                format!("ok {}{lines}", found.canonical)
            }
            (Some(Answer::Name(Ok(name))), _) => format!("ok {name}"),
            (Some(Answer::Addresses(Err(failure)) | Answer::Name(Err(failure))), _) => word_of(failure).to_string(),
            // The guest has changed the question meanwhile.
            _ => word_of(Failure::Again).to_string(),
        }
    }
}

impl Answers {
    fn add(&self, question: Question, answer: Answer) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() == MOST_ANSWERS {
            answers.remove(0);
        }
        answers.push((question, answer));
    }

    fn take(&self, question: &Question) -> Option<Answer> {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = answers.iter().position(|(asked, _)| asked == question)?;
        Some(answers.remove(at).1)
    }
}

fn word_of(failure: Failure) -> &'static str {
    match failure {
        Failure::NoName => "noname",
        Failure::NoData => "nodata",
        Failure::Again => "again",
        Failure::Fail => "fail",
    }
}
