//! What a run takes away from the permissions that were baked in: `PYAPP_DENY`.

use crate::permissions::{Arguments, Permissions};
use std::fmt;

/// The words of `PYAPP_DENY`.
const WORDS: [&str; 7] = ["all", "arguments", "connect", "env", "listen", "read", "write"];

/// What a run denies. It can be made of nothing but words that take away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowing {
    words: Vec<&'static str>,
}

/// A word of `PYAPP_DENY` that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownNarrowing(String);

impl fmt::Display for UnknownNarrowing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PYAPP_DENY: expected words out of {}, found {:?}; correct it", WORDS.join(", "), self.0)
    }
}

impl std::error::Error for UnknownNarrowing {}

impl Narrowing {
    /// Reads a list of words with commas between them.
    ///
    /// # Errors
    /// [`UnknownNarrowing`]: a run that was meant to be narrow must not be wide for a typing error.
    pub fn parse(text: &str) -> Result<Narrowing, UnknownNarrowing> {
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        let known = |word: &str| {
            WORDS.iter().find(|known| **known == word).copied().ok_or_else(|| UnknownNarrowing(word.to_string()))
        };
        Ok(Narrowing { words: words.map(known).collect::<Result<_, _>>()? })
    }

    fn denies(&self, word: &str) -> bool {
        self.words.iter().any(|denied| *denied == word || *denied == "all")
    }

    /// The permissions that are left.
    pub fn apply(&self, permissions: Permissions) -> Permissions {
        let mut left = permissions;
        if self.denies("write") {
            // What could be written can still be read: writing is what was taken away.
            left.read.append(&mut left.write);
            left.arguments = left.arguments.min(Arguments::Read);
        }
        if self.denies("read") {
            left.read.clear();
            left.write.clear();
        }
        if self.denies("arguments") {
            left.arguments = Arguments::None;
        }
        if self.denies("env") {
            left.env.clear();
        }
        if self.denies("connect") {
            left.connect.clear();
        }
        if self.denies("listen") {
            left.listen.clear();
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Permissions {
        Permissions {
            arguments: Arguments::Write,
            read: vec!["/r".into()],
            write: vec!["/w".into()],
            connect: vec!["api.example.com:443".into()],
            listen: vec!["127.0.0.1:8080".into()],
            ..Permissions::default()
        }
    }

    fn narrowed(text: &str) -> Permissions {
        Narrowing::parse(text).expect(text).apply(all())
    }

    #[test]
    fn each_word_takes_away() {
        assert_eq!(narrowed(""), all());
        assert_eq!(
            narrowed("write"),
            Permissions { arguments: Arguments::Read, read: vec!["/r".into(), "/w".into()], write: vec![], ..all() }
        );
        assert_eq!(narrowed("read"), Permissions { read: vec![], write: vec![], ..all() });
        assert_eq!(narrowed(" arguments , env "), Permissions { arguments: Arguments::None, env: vec![], ..all() });
        assert_eq!(narrowed("connect"), Permissions { connect: vec![], ..all() });
        assert_eq!(narrowed("listen,read"), Permissions { listen: vec![], read: vec![], write: vec![], ..all() });
        let nothing = Permissions { arguments: Arguments::None, env: vec![], ..Permissions::default() };
        assert_eq!(narrowed("all"), nothing);
    }

    #[test]
    fn an_unknown_word_is_an_error() {
        let error = Narrowing::parse("write,reed").expect_err("unknown").to_string();
        assert!(
            error.contains("found \"reed\"") && error.contains("all, arguments, connect, env, listen, read, write"),
            "{error}"
        );
    }
}
