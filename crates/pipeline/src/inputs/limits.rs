//! `[tool.pyapp.limits]`: how much a run may use.

use super::permissions::Mistake;
use policy::{Resource, RunLimits};

/// Reads the table.
///
/// # Errors
/// [`Mistake`].
pub(super) fn limits(value: &toml::Value) -> Result<RunLimits, Mistake> {
    let table = value.as_table().ok_or_else(|| (String::new(), format!("expected a table, found {value}")))?;
    let mut limits = RunLimits::default();
    for (key, value) in table {
        let fail = |message: String| (format!(".{key}"), message);
        let resource = Resource::ALL.into_iter().find(|resource| resource.name() == key).ok_or_else(|| {
            let names = Resource::ALL.map(Resource::name).join(", ");
            fail(format!("expected one of {names}, found an unknown key; correct or remove it"))
        })?;
        // A number without a unit is a count, of bytes or times it is none.
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_string);
        limits.set(resource, resource.parse(&text).map_err(fail)?);
    }
    Ok(limits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<RunLimits, Mistake> {
        limits(&text.parse::<toml::Table>().expect("TOML").into())
    }

    /// `wasm/recipe.toml` says how much memory python.wasm may have.
    #[test]
    fn the_most_memory_is_what_the_runtime_is_linked_with() {
        let most = Resource::Memory.default_limit().expect("there is one");
        let recipe = include_str!("../../../../wasm/recipe.toml");
        assert!(recipe.contains(&format!("--max-memory={most}\"")), "{most}");
    }

    #[test]
    fn a_table_says_how_much() {
        let limits =
            read("memory = '64MiB'\ntime = '5s'\nthreads = 4\nscratch-files = '100'\nscratch = '1GiB'").expect("read");
        let found: Vec<_> = limits.iter().map(|(resource, limit)| (resource.name(), limit)).collect();
        let expected =
            [("memory", 64 << 20), ("time", 5000), ("scratch", 1 << 30), ("scratch-files", 100), ("threads", 4)];
        assert_eq!(found, expected);
    }

    #[test]
    fn every_mistake_names_its_key_and_can_be_corrected() {
        for (text, expected, corrected) in [
            ("memory = 64", ".memory: expected a size such as 500KiB, 64MiB or 1GiB, found \"64\"", "memory = '64MiB'"),
            (
                "time = ['5s']",
                ".time: expected a time such as 500ms, 5s or 2min, found \"[\\\"5s\\\"]\"",
                "time = '5s'",
            ),
            ("threads = 1.5", ".threads: expected a number, found \"1.5\"", "threads = 2"),
            ("descriptors = 9000", ".descriptors: expected at most 8192, found 9000", "descriptors = 8192"),
            (
                "ram = '1GiB'",
                ".ram: expected one of memory, time, cpu, scratch, scratch-files, descriptors, threads, output, found an \
                 unknown key; correct or remove it",
                "memory = '1GiB'",
            ),
        ] {
            let (key, message) = read(text).expect_err(text);
            assert_eq!(format!("{key}: {message}"), expected);
            read(corrected).expect(corrected);
        }
    }
}
