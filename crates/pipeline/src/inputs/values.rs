//! What the values of settings are: lists, names, paths, entries.

use super::project::Entry;
use crate::error::{Error, Result};
use std::path::Path;

/// The text of settings as TOML.
///
/// # Errors
/// [`Error::Project`] naming the line.
pub(crate) fn parse_toml(file: &Path, text: &str) -> Result<toml::Table> {
    text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        let message = format!("line {line}: expected TOML, found: {}", error.message().replace('\n', " "));
        Error::Project { place: file.display().to_string(), message }
    })
}

pub(super) fn modules(value: &toml::Value) -> Option<Vec<String>> {
    strings(value).filter(|names| names.iter().all(|name| is_dotted(name)))
}

pub(super) fn strings(value: &toml::Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.as_str().map(str::to_string)).collect()
}

/// Paths relative to a folder, written with single slashes; one behind a folder's name is fine.
pub(super) fn paths(texts: Vec<String>) -> Option<Vec<String>> {
    let paths: Vec<String> = texts.iter().map(|text| text.strip_suffix('/').unwrap_or(text).to_string()).collect();
    let is_path = |path: &String| path.split('/').all(|name| !matches!(name, "" | "." | ".."));
    paths.iter().all(is_path).then_some(paths)
}

/// Names of packages, as [`package`].
pub(super) fn packages(names: Vec<String>) -> Option<Vec<String>> {
    names.iter().map(|name| package(name)).collect()
}

/// The name of a package as package registries have it: small letters, single dashes.
pub(crate) fn package(name: &str) -> Option<String> {
    let parts: Vec<&str> = name.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
    let is_name = !parts.is_empty() && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    is_name.then(|| parts.join("-").to_lowercase())
}

/// The name of the distribution that a requirement begins with.
pub(crate) fn required_name(requirement: &str) -> Option<String> {
    let end = requirement.find(|letter: char| !letter.is_ascii_alphanumeric() && !"-_.".contains(letter));
    package(&requirement[..end.unwrap_or(requirement.len())])
}

pub(crate) fn parse_entry(text: &str) -> Option<Entry> {
    let (module, function) = match text.split_once(':') {
        Some((module, function)) => (module, Some(function)),
        None => (text, None),
    };
    (is_dotted(module) && function.is_none_or(is_dotted))
        .then(|| Entry { module: module.to_string(), function: function.map(str::to_string) })
}

pub(super) fn is_dotted(name: &str) -> bool {
    name.split('.').all(is_identifier)
}

/// As Python's identifiers, near enough: whether the name exists is found out later, by CPython.
pub(super) fn is_identifier(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|char| char == '_' || char.is_alphanumeric())
}
