//! `native`: which distributions with extensions may be built.

/// What may be built that has extensions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Allowed {
    /// Nothing.
    #[default]
    None,
    /// All that there is no wheel of Python only of, but for these, which `from-source` names.
    AllBut(Vec<String>),
    /// These.
    These(Vec<String>),
}

impl Allowed {
    /// Whether a distribution may be.
    pub fn has(&self, name: &str) -> bool {
        let is_in = |names: &[String]| names.iter().any(|known| known == name);
        match self {
            Allowed::None => false,
            Allowed::AllBut(names) => !is_in(names),
            Allowed::These(names) => is_in(names),
        }
    }

    /// Whether it is allowed by its name.
    pub fn names(&self, name: &str) -> bool {
        matches!(self, Allowed::These(_)) && self.has(name)
    }

    /// As text, for keys.
    pub fn text(&self) -> String {
        match self {
            Allowed::None => String::new(),
            Allowed::AllBut(names) => format!("all but {}", names.join(" ")),
            Allowed::These(names) => names.join(" "),
        }
    }
}
