//! The own tests of packages, run by pytest in the guest: how many pass, beside how many pass natively. What comes out is
//! `docs/suites.md`.
//!
//! `tests/suites/native.py WORK` downloads the tests into a folder and runs them natively; then `PYAPP_SUITES=WORK cargo suites` runs
//! them here. Packages, pytest and all that the tests need are bundled. The tests themselves lie on the disk, in a folder that an
//! argument names and that they may write to, or in the package, whose sources are then bundled, too.

mod common;

use common::project::{App, Project, settings_with};
use pipeline::settings::Settings;
use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suites").join(name)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

const HEAD: &str = "\
# Test suites of packages, run in the guest

`tests/suites/native.py` and `cargo suites` write this table; do not edit it. Each package is bundled with pytest and with what
its tests need, all of it pinned in `tests/suites/suites.txt`. What natively is machine code is built from its source, so that
both test the extension. The tests are those of its source distribution; they are read from the disk. Those of networkx, numpy,
sympy, regex, simplejson, bitarray, tornado and zope-interface lie in the package, and are bundled. Counts are of tests, with
their parameters; a file of tests that cannot be imported counts as one that failed. Below the table is what failed in the guest,
by its reason.

Of sympy, the tests of its core are run, and of numpy all but those of f2py, which compiles Fortran. SQLAlchemy's run on SQLite;
left out are those of its manual, of typing and of profiling, and of the ORM all but cascades, mappers, queries, sessions and the
unit of work. What packages test only when asked to (slow tests, stress, packaging's properties) is left out too, and so are
benchmarks, checks of types, and what needs other packages with machine code (numpy, psutil, zstandard). Of aiohttp,
coverage and tornado only what needs no sockets or processes is run, as `tests/suites/suites.txt` lists it; some tests there do need
them: of aiohttp 121, which make a server. The source distributions of mmh3 and ciso8601 lack files that some of their tests
import; those of websockets and ruamel-yaml-clib have no tests, and tiktoken's fetch vocabularies from the network. Pillow is
built without libjpeg, FreeType and other libraries that it can do without, and most of its tests that fail need libjpeg. The
terminal and the cache of pytest are off, natively too, so some tests of pytest itself fail. Other failures there and in click
that do not say so come of processes that do not exist, of a run without variables, and of sources that are not bundled.

Of the nine of numpy that fail, three start processes, two want floating-point flags, two compare FFTs of long doubles, which have
128 bits here, one calls a function of an extension by `ctypes`, and one looks for files of type hints, which are not bundled.
Those of pyahocorasick count with pointers of eight bytes, and one of its messages prints a number as one of another size.
";

/// Counts as they stand in the table.
fn counts(said: &str) -> String {
    // What failed by name comes behind them.
    let said = said.split("\"failed\": {").next().unwrap_or_default();
    let names = ["passed", "failed", "skipped", "xfailed"];
    let count = |name: &str| {
        let (_, rest) = said.split_once(&format!("\"{name}\": "))?;
        rest.split([',', '}']).next().map(str::to_string)
    };
    names.map(|name| count(name).unwrap_or_else(|| "0".into())).join(" | ")
}

/// How often each reason stands in what failed: `"name": "reason"`, with commas between.
fn reasons(said: &str) -> Vec<(usize, String)> {
    let Some((_, failed)) = said.split_once("\"failed\": {") else { return Vec::new() };
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    // JSON has no line break in a text; `suite.py` puts none between entries.
    let failed = failed.trim_end_matches('}').strip_suffix('"').unwrap_or_default();
    for (_, reason) in failed.split("\", \"").filter_map(|entry| entry.split_once("\": \"")) {
        *reasons.entry(reason.replace("\\\"", "\"")).or_default() += 1;
    }
    let mut reasons: Vec<(usize, String)> = reasons.into_iter().map(|(reason, count)| (count, reason)).collect();
    reasons.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    reasons
}

/// With `PYAPP_SUITES_ONLY` it only prints what comes of the suites that it names, with blanks between.
#[test]
#[ignore = "takes minutes, and what native.py has downloaded; cargo suites runs it"]
fn suites() {
    let work =
        PathBuf::from(std::env::var_os("PYAPP_SUITES").expect("PYAPP_SUITES: the folder that native.py has filled"));
    let only = std::env::var("PYAPP_SUITES_ONLY").ok();
    let native = read(&own("native.txt"));
    let (mut table, mut below) = (String::new(), String::new());
    for line in read(&own("suites.txt")).lines().filter(|line| !line.starts_with('#')) {
        let (tests, pins) = line.split_once(" | ").expect("two parts");
        let (name, version) = pins.split(' ').next().and_then(|pin| pin.split_once("==")).expect("a pin");
        if only.as_ref().is_some_and(|only| !only.split_whitespace().any(|one| one == name)) {
            continue;
        }
        let native = native.lines().find_map(|line| line.strip_prefix(&format!("{name} "))).unwrap_or_default();
        let suite = fs::canonicalize(work.join(name).join("suite")).expect("there").display().to_string();
        let said = catch_unwind(AssertUnwindSafe(|| {
            let kept = tests.strip_prefix("--pyargs ").and_then(|inside| inside.split(['.', ' ']).next());
            let native = natively(&work.join(name).join("libs"));
            let app = build(pins, &native, kept).unwrap_or_else(|error| panic!("{error}"));
            let words = tests.split(' ').filter(|word| !word.starts_with('+'));
            let arguments: Vec<&str> = [suite.as_str()].into_iter().chain(words).collect();
            let said = app.run_granted(app.bundle.app(), &arguments).1;
            let is_without = native.iter().any(|native| native == name) && said.contains("\"extensions\": []");
            assert!(!is_without, "expected the extension of {name} to be used, found none");
            said
        }));
        let said = said.unwrap_or_else(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default());
        let results = said.split_once("\nRESULTS ").and_then(|(_, results)| results.lines().next());
        // Any other status of pytest than these two: not all tests were run.
        let ended = |results: &&str| ["0", "1"].iter().any(|one| results.starts_with(&format!("{{\"status\": {one},")));
        let Some(results) = results.filter(ended) else {
            eprintln!("{name}: {said}");
            table += &format!("| {name} | {version} | {} | did not end | | | |\n", counts(native));
            below += &format!("\n{name}:\n\n- it did not end: {}\n", said.trim().lines().last().unwrap_or_default());
            continue;
        };
        eprintln!("{name} {results}");
        let row = format!("| {name} | {version} | {} | {} |\n", counts(native), counts(results));
        eprint!("{row}");
        table += &row;
        let reasons = reasons(results);
        if !reasons.is_empty() {
            below += &format!("\n{name}:\n\n");
            // Where the tests lie is nobody's business.
            let here = format!("{suite}/");
            below.extend(
                reasons
                    .iter()
                    .map(|(count, reason)| format!("- {count}: `{}`\n", reason.replace('`', "'").replace(&here, ""))),
            );
        }
    }
    if only.is_none() {
        let head = "| package | version | native: passed | failed | skipped | expected to fail | guest: passed | failed | skipped | \
                    expected to fail |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|";
        let to = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/suites.md");
        fs::write(to, format!("{HEAD}\n{head}\n{table}{below}")).expect("written");
    }
}

/// The packages that natively are machine code, by what `native.py` has installed.
fn natively(libs: &Path) -> Vec<String> {
    let entries = fs::read_dir(libs).expect("listed").map(|entry| entry.expect("listed").path());
    let compiled = entries.filter(|path| {
        fs::read_to_string(path.join("WHEEL")).is_ok_and(|text| text.contains("\nRoot-Is-Purelib: false"))
    });
    let name = |path: PathBuf| Some(path.file_name()?.to_str()?.split_once('-')?.0.replace('_', "-"));
    compiled.filter_map(name).collect()
}

/// Bundles packages, their extensions built from source, and the sources of the one whose tests lie in itself: pytest looks for
/// tests among sources.
fn build(pins: &str, native: &[String], kept: Option<&str>) -> Result<App, String> {
    let files = [("requirements.txt", pins.replace(' ', "\n")), ("python_libs/suite.py", read(&own("suite.py")))];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let kept = kept.map(|kept| format!("keep-source = [\"{kept}\"]\n")).unwrap_or_default();
    // Some tests write beside themselves.
    let more = format!("native = {native:?}\n{kept}[tool.pyapp.permissions]\narguments = \"write\"");
    let project = Project::new(&settings_with("suite:main", &more), &files);
    let tool = Settings::for_tool(project.path(""), "", project.path("")).expect("settings");
    project.build_with(&Settings { offline: tool.offline, ..project.settings() })
}
