//! The bill of materials: CycloneDX 1.6, as JSON.
//!
//! It is the same for the same bundle: it has no time, and its serial number comes from its contents.

use crate::distributions::{Distribution, Distributions};
use crate::error::Result;
use crate::metadata::normalised;
use crate::spdx;
use crate::works::{Crate, Part, Work, Works};
use archive::{Archive, format::checksum};
use serde_json::{Map, Value, json};
use std::io::Write;

/// What the app is called among the components.
const APP: &str = "app";
/// The work that the others of its part hang on.
const PYTHON: &str = "CPython";
/// The work that the crates hang on.
const PROGRAM: &str = "pyapp";

/// Components, and which of them depends on which.
#[derive(Default)]
struct Bom {
    components: Vec<Value>,
    refs: Vec<String>,
    dependencies: Vec<Value>,
}

/// Writes the bill of materials of a bundle; `name` is the app's.
///
/// # Errors
/// As [`licences::print`](crate::licences::print).
pub fn print(archive: &Archive, name: &str, out: &mut impl Write) -> Result<()> {
    let (inside, works) = (Distributions::read(archive)?, Works::read(archive)?);
    let mut bom = Bom::default();
    // The app depends on what nothing else asks for.
    let mut direct = bom.distributions(archive, &inside);
    for library in &inside.libraries {
        direct.push(bom.add(format!("library:{}", library.name), "library", &library.name, None, Map::new()));
    }
    let crates = bom.crates(&works.crates);
    direct.extend(bom.works(&works.works, crates));
    bom.depend(APP, &direct);
    let version = works.works.iter().find(|work| work.name == PROGRAM).and_then(|work| work.version.as_deref());
    let mut text = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": APP, "name": name},
            "tools": {"components": [{"type": "application", "name": PROGRAM, "version": version.unwrap_or_default()}]},
        },
        "components": bom.components,
        "dependencies": bom.dependencies,
    });
    text["serialNumber"] = json!(serial(archive.identity(), checksum(text.to_string().as_bytes())));
    writeln!(out, "{text:#}")?;
    Ok(())
}

impl Bom {
    /// The distributions; the references of those that no other asks for.
    fn distributions(&mut self, archive: &Archive, inside: &Distributions) -> Vec<String> {
        let refs: Vec<String> = inside.list.iter().map(|one| self.distribution(archive, one)).collect();
        for (one, reference) in inside.list.iter().zip(&refs) {
            let asked: Vec<String> = one.asks_for.iter().map(|place| refs[*place].clone()).collect();
            self.depend(reference, &asked);
        }
        let direct = inside.list.iter().zip(refs).filter(|(one, _)| one.asked_by.is_empty());
        direct.map(|(_, reference)| reference).collect()
    }

    fn distribution(&mut self, archive: &Archive, one: &Distribution) -> String {
        let purl = purl("pypi", &normalised(&one.name), Some(&one.version));
        let mut more = Map::from_iter([("purl".to_string(), json!(purl))]);
        if let Some(licence) = &one.licence {
            more.insert("licenses".into(), licences(licence, one.is_expression));
        }
        let boms: Vec<Value> = one
            .boms
            .iter()
            .map(|bom| json!({"type": "bom", "url": encoded(&archive.path(*bom), "/"), "comment": "a file inside"}))
            .collect();
        if !boms.is_empty() {
            more.insert("externalReferences".into(), json!(boms));
        }
        self.add(purl, "library", &one.name, Some(&one.version), more)
    }

    /// The crates; the references of those that pyapp's own code uses.
    fn crates(&mut self, crates: &[Crate]) -> Vec<String> {
        let mut refs = Vec::new();
        for one in crates {
            let purl = purl("cargo", &one.name, Some(&one.version));
            let mut more = Map::from_iter([("purl".to_string(), json!(purl))]);
            if let Some(licence) = &one.licence {
                more.insert("licenses".into(), licences(licence, false));
            }
            if let Some(sha256) = &one.sha256 {
                more.insert("hashes".into(), json!([{"alg": "SHA-256", "content": sha256}]));
            }
            refs.push(self.add(purl, "library", &one.name, Some(&one.version), more));
        }
        for (one, reference) in crates.iter().zip(&refs) {
            let used: Vec<String> = one.uses.iter().filter_map(|place| refs.get(*place).cloned()).collect();
            self.depend(reference, &used);
        }
        crates.iter().zip(refs).filter(|(one, _)| one.direct).map(|(_, reference)| reference).collect()
    }

    /// CPython with what is in it, and the program around it with its crates; the references of these two.
    fn works(&mut self, works: &[Work], crates: Vec<String>) -> Vec<String> {
        let refs: Vec<String> = works.iter().map(|work| self.work(work)).collect();
        let parts = [(Part::Python, PYTHON, Vec::new()), (Part::Program, PROGRAM, crates)];
        let direct = parts.into_iter().filter_map(|(part, whole, mut used)| {
            let whole = works.iter().position(|work| work.name == whole)?;
            let inner =
                works.iter().zip(&refs).enumerate().filter(|(place, (work, _))| *place != whole && work.of == part);
            used.extend(inner.map(|(_, (_, reference))| reference.clone()));
            self.depend(&refs[whole], &used);
            Some(refs[whole].clone())
        });
        direct.collect()
    }

    fn work(&mut self, work: &Work) -> String {
        let purl = match work.name.as_str() {
            "tzdata" => purl("pypi", &work.name, work.version.as_deref()),
            name => purl("generic", &name.to_lowercase().replace(' ', "-"), work.version.as_deref()),
        };
        let mut more = Map::from_iter([("purl".to_string(), json!(purl))]);
        more.insert("licenses".into(), licences(&work.licence, false));
        if let Some(origin) = &work.origin {
            let hashes = json!([{"alg": "SHA-256", "content": origin.sha256}]);
            let origin = json!([{"type": "source-distribution", "url": origin.url, "hashes": hashes}]);
            more.insert("externalReferences".into(), origin);
        }
        let kind = if work.name == PYTHON { "platform" } else { "library" };
        self.add(purl, kind, &work.name, work.version.as_deref(), more)
    }

    /// Adds a component; its reference, which is `wanted` unless another has that.
    fn add(
        &mut self,
        wanted: String,
        kind: &str,
        name: &str,
        version: Option<&str>,
        more: Map<String, Value>,
    ) -> String {
        let taken = self.refs.iter().filter(|other| **other == wanted).count();
        let reference = if taken == 0 { wanted.clone() } else { format!("{wanted}#{}", taken + 1) };
        self.refs.push(wanted);
        let mut component = more;
        component.insert("bom-ref".into(), json!(reference));
        component.insert("type".into(), json!(kind));
        component.insert("name".into(), json!(name));
        component.extend(version.map(|version| ("version".to_string(), json!(version))));
        self.components.push(Value::Object(component));
        reference
    }

    fn depend(&mut self, reference: &str, on: &[String]) {
        self.dependencies.push(json!({"ref": reference, "dependsOn": on}));
    }
}

fn licences(text: &str, is_expression: bool) -> Value {
    let said = is_expression.then(|| text.to_string());
    match said.or_else(|| spdx::expression(text)) {
        Some(expression) => json!([{"expression": expression}]),
        None => json!([{"license": {"name": text}}]),
    }
}

/// A package's name across registries.
fn purl(kind: &str, name: &str, version: Option<&str>) -> String {
    let version = version.filter(|version| !version.is_empty()).map(|version| format!("@{}", encoded(version, "")));
    format!("pkg:{kind}/{}{}", encoded(name, ""), version.unwrap_or_default())
}

/// Text as a part of an address; `also` is left as it is.
fn encoded(text: &str, also: &str) -> String {
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || also.as_bytes().contains(&byte);
    text.bytes().map(|byte| if is_plain(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// A UUID of the kind whose bits are one's own to choose (version 8 of RFC 9562).
fn serial(a: u64, b: u64) -> String {
    let (c, d) = (b >> 48 & 0x3fff | 0x8000, b & 0xffff_ffff_ffff);
    format!("urn:uuid:{:08x}-{:04x}-8{:03x}-{c:04x}-{d:012x}", a >> 32, a >> 16 & 0xffff, a & 0xfff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_fit_for_addresses() {
        assert_eq!(purl("cargo", "zstd-sys", Some("2.0+zstd.1")), "pkg:cargo/zstd-sys@2.0%2Bzstd.1");
        assert_eq!(purl("generic", "hacl*", None), "pkg:generic/hacl%2A");
        assert_eq!(purl("pypi", "é/..", Some("")), "pkg:pypi/%C3%A9%2F..");
        assert_eq!(encoded("a b/c", "/"), "a%20b/c");
    }

    #[test]
    fn a_serial_number_is_a_uuid() {
        let (least, most) = (serial(0, 0), serial(u64::MAX, u64::MAX));
        assert_eq!(least, "urn:uuid:00000000-0000-8000-8000-000000000000");
        assert_eq!(most, "urn:uuid:ffffffff-ffff-8fff-bfff-ffffffffffff");
    }

    #[test]
    fn two_of_one_name_have_two_references() {
        let mut bom = Bom::default();
        let refs: Vec<String> = (0..3).map(|_| bom.add("a".into(), "library", "a", None, Map::new())).collect();
        assert_eq!(refs, ["a", "a#2", "a#3"]);
    }
}
