//! All works that are bundled, with their licences, and each licence text once.

use crate::distributions::{Distributions, licence_text};
use crate::error::Result;
use crate::works::{LICENCES, Section, Works, crate_texts, read_file};
use archive::Archive;
use std::io::Write;

/// What stands between texts.
const RULE: usize = 80;

/// A work and what is said of its licence.
struct Line {
    work: String,
    licence: Option<String>,
    has_text: bool,
}

/// Texts, in the order in which they were first met, and what they are of.
#[derive(Default)]
struct Texts(Vec<(String, Vec<String>)>);

/// Writes a list of all works, then the texts.
///
/// # Errors
/// [`Error::File`](crate::Error::File) for what is not as a build writes it; [`Error::Archive`](crate::Error::Archive) for what is
/// damaged; [`Error::Io`](crate::Error::Io) of `out`.
pub fn print(archive: &Archive, out: &mut impl Write) -> Result<()> {
    let mut texts = Texts::default();
    let sections = crate_texts(archive)?;
    let groups = [
        ("the app", app(archive, &mut texts)?),
        ("CPython, and what is compiled into the executable", other(archive, &sections, &mut texts)?),
        ("Rust crates", crates(archive, &sections, &mut texts)?),
    ];
    for (title, lines) in groups {
        writeln!(out, "{title}:")?;
        for line in lines {
            let licence = line.licence.as_deref().unwrap_or("does not say its licence");
            writeln!(out, "  {}: {licence}{}", line.work, if line.has_text { "" } else { "; has no text" })?;
        }
        writeln!(out)?;
    }
    for (text, works) in texts.0 {
        writeln!(out, "{}\n{}\n\n{text}\n", "=".repeat(RULE), works.join(", "))?;
    }
    Ok(())
}

/// What the project has brought.
fn app(archive: &Archive, texts: &mut Texts) -> Result<Vec<Line>> {
    let inside = Distributions::read(archive)?;
    let mut lines = Vec::new();
    for distribution in &inside.list {
        let work = format!("{} {}", distribution.name, distribution.version);
        let mut has_text = !distribution.texts.is_empty();
        for id in &distribution.texts {
            texts.add(licence_text(archive, *id)?, &work);
        }
        if let Some(text) = distribution.own_text.as_ref().filter(|_| !has_text) {
            texts.add(text.clone(), &work);
            has_text = true;
        }
        lines.push(Line { work, licence: distribution.licence.clone(), has_text });
    }
    lines.extend(inside.libraries.into_iter().map(|own| Line { work: own.name, licence: None, has_text: false }));
    Ok(lines)
}

fn other(archive: &Archive, sections: &[Section], texts: &mut Texts) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for work in Works::read(archive)?.works {
        let title = [Some(work.name.clone()), work.version].into_iter().flatten().collect::<Vec<_>>().join(" ");
        for text in &work.texts {
            let path = if text.contains('/') { text.clone() } else { format!("{LICENCES}/{text}") };
            texts.add(read_file(archive, &path)?, &title);
        }
        let is_among = |(names, _): &Section| names.contains(&work.name);
        let has_text = !work.texts.is_empty() || sections.iter().any(is_among);
        lines.push(Line { work: title, licence: Some(work.licence), has_text });
    }
    Ok(lines)
}

fn crates(archive: &Archive, sections: &[Section], texts: &mut Texts) -> Result<Vec<Line>> {
    let works = Works::read(archive)?.crates.into_iter().map(|one| {
        let work = format!("{} {}", one.name, one.version);
        let has_text = sections.iter().any(|(names, _)| names.contains(&work));
        Line { work, licence: one.licence, has_text }
    });
    let lines = works.collect();
    for (names, text) in sections {
        texts.add(text.clone(), &names.join(", "));
    }
    Ok(lines)
}

impl Texts {
    fn add(&mut self, text: String, work: &str) {
        let text = text.replace("\r\n", "\n").trim().to_string();
        let place = self.0.iter().position(|(other, _)| *other == text).unwrap_or(self.0.len());
        if place == self.0.len() {
            self.0.push((text, Vec::new()));
        }
        let works = &mut self.0[place].1;
        if works.last().is_none_or(|last| last != work) {
            works.push(work.to_string());
        }
    }
}
