//! The hundred most downloaded packages, each a project of its own that pins it and puts it to use, against what the same program
//! says under native CPython. What comes out is the table `docs/packages.md`.
//!
//! `cargo hundred` makes the table anew; `cargo packages` makes a part of its rows anew and compares. Both download.
//!
//! | in `tests/hundred` | is |
//! |---|---|
//! | `packages.txt` | the list: a line for each, with the pins of what it needs |
//! | `programs` | a program for each that is not native code |
//! | `expected` | what these say natively, or that a package can be imported there; `record.py` writes it |

mod common;

use bundle::Run;
use common::project::{Project, folder, settings_with};
use pipeline::settings::Settings;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// What the list says of a package.
struct Package {
    rank: usize,
    name: String,
    version: String,
    /// What it needs, pinned.
    others: Vec<String>,
    /// Whether it is of the part that `cargo packages` looks at.
    in_part: bool,
}

fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hundred").join(name)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn table() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/packages.md")
}

fn packages() -> Vec<Package> {
    let list = read(&own("packages.txt"));
    let lines = list.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let packages = lines.zip(1..).map(|(line, rank)| {
        let rest = line.strip_prefix("+ ");
        let mut pins = rest.unwrap_or(line).split(' ').map(str::to_string);
        let (name, version) =
            pins.next().and_then(|pin| Some(pin.split_once("==")?).map(|(a, b)| (a.into(), b.into()))).expect("a pin");
        Package { rank, name, version, others: pins.collect(), in_part: rest.is_some() }
    });
    packages.collect()
}

impl Package {
    /// The program that uses it; `None` for one that is native code.
    fn program(&self) -> Option<String> {
        let path = own("programs").join(format!("{}.py", self.name));
        path.is_file().then(|| read(&path))
    }

    /// Its line of the table.
    fn row(&self) -> String {
        let program = self.program();
        let found = catch_unwind(AssertUnwindSafe(|| self.found(program.as_deref())));
        let found = found.unwrap_or_else(|panic| {
            let said = panic.downcast_ref::<String>().map(String::as_str).unwrap_or_default();
            Err(format!("fails: {}", said.lines().next().unwrap_or_default()))
        });
        let settings = program.as_deref().map(settings_of).filter(|settings| !settings.is_empty());
        let found = match (found, settings) {
            (Ok(()), None) => "works".to_string(),
            (Ok(()), Some(settings)) => format!("works, with `{}`", settings.join("`, `")),
            (Err(reason), _) => [vec![reason], marked(program.as_deref().unwrap_or_default(), "# [reason] ")]
                .concat()
                .join(": ")
                .replace('|', "\\|")
                .replace('*', "\\*"),
        };
        let natively = read(&own("expected").join(format!("{}.txt", self.name)));
        // Without a program it is only imported there.
        let natively = if program.is_some() { "works" } else { natively.trim() };
        format!("| {} | {} | {} | {found} | {natively} |", self.rank, self.name, self.version)
    }

    /// Builds a project that asks for it, and runs it; what is wrong.
    fn found(&self, program: Option<&str>) -> Result<(), String> {
        let mut settings = settings_of(program.unwrap_or_default());
        let more = marked(program.unwrap_or_default(), "# [requirements] ").join("\n");
        settings.push(String::new());
        let files = [
            ("requirements.txt", format!("{}=={}\n-c others.txt\n{more}\n", self.name, self.version)),
            ("others.txt", self.others.join("\n")),
            ("python_libs/use.py", program.unwrap_or_default().to_string()),
        ];
        let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
        let project = Project::new(&settings_with("use", &settings.join("\n")), &files);
        let settings = Settings { offline: may_not_download(), ..project.settings() };
        let app = project.build_with(&settings).map_err(|error| {
            eprintln!("{}: {error}", self.name);
            refusal(&error)
        })?;
        let expected = read(&own("expected").join(format!("{}.txt", self.name)));
        let program = program.map(|_| ()).ok_or("fails: it was built, and there is no program that uses it");
        program?;
        for mode in [Run::Resumed, Run::Cold] {
            let (status, said) = app.run_as(mode, &[]);
            if let Some(difference) = difference(&expected, status, &said) {
                eprintln!("{}, {mode:?}: {difference}\n{said}", self.name);
                return Err(format!("fails: {difference}"));
            }
        }
        Ok(())
    }
}

/// What a program wants set: lines of it that begin with `# [tool.pyapp] `.
fn settings_of(program: &str) -> Vec<String> {
    marked(program, "# [tool.pyapp] ")
}

/// What stands in a program behind a mark, of which a program that uses more than its package has several.
fn marked(program: &str, mark: &str) -> Vec<String> {
    program.lines().filter_map(|line| line.strip_prefix(mark)).map(str::to_string).collect()
}

/// What the build says, without the general ways on, which are the same for all.
fn refusal(error: &str) -> String {
    let found = error.split_once("requirements.txt: ").map_or(error, |(_, found)| found);
    let found = found.lines().next().unwrap_or_default();
    if found.contains("expected a wheel of Python only") {
        let end = found.find("; if the app does without it").unwrap_or(found.len());
        return format!("refused: {}", &found[..end]);
    }
    // Of a traceback its last line tells most.
    let last = error.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    if last == found { format!("fails: {found}") } else { format!("fails: {found} … {last}") }
}

/// What is other than natively: the last line of a traceback, or the first line that differs.
fn difference(expected: &str, status: u32, said: &str) -> Option<String> {
    if status != 0 {
        return Some(format!("status {status}, {}", said.lines().last().unwrap_or_default()));
    }
    if said == expected {
        return None;
    }
    let mut lines = expected.lines().map(Some).chain([None; 1]).zip(said.lines().map(Some).chain([None; 1]));
    let (expected, found) = lines.find(|(expected, found)| expected != found)?;
    Some(format!("expected {:?}, found {:?}", expected.unwrap_or("the end"), found.unwrap_or("the end")))
}

fn may_not_download() -> bool {
    let out = folder();
    Settings::for_tool(env!("CARGO_MANIFEST_DIR").into(), "", out.path().into()).expect("settings").offline
}

/// The rows of these packages; two at a time.
fn rows(packages: &[&Package]) -> Vec<String> {
    let (next, rows) = (Mutex::new(packages.iter().enumerate()), Mutex::new(vec![String::new(); packages.len()]));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some((index, package)) = next.lock().expect("not poisoned").next() else { return };
                    let row = package.row();
                    eprintln!("{row}");
                    rows.lock().expect("not poisoned")[index] = row;
                }
            });
        }
    });
    rows.into_inner().expect("not poisoned")
}

const HEAD: &str = "\
# The hundred most downloaded packages

`cargo hundred` writes this table; do not edit it. Each package is a project of its own, which pins it, is built, and runs a small
program that puts the package to use (`tests/hundred`). It works if the program says, resumed from its snapshot and cold, what it
says under native CPython 3.13, to the letter. A package that is refused is, or needs, native code; the build's own words say which.
Natively such a package was imported only.

What a program does not ask for is not shown: above all what needs a network, which an app has not.
";

/// The table with these rows.
fn document(rows: &[String]) -> String {
    let count = |start: &str| {
        rows.iter().filter(|row| row.split(" | ").nth(3).is_some_and(|cell| cell.starts_with(start))).count()
    };
    let [works, refused, fails] = ["works", "refused", "fails"].map(count);
    let head = "| rank | package | version | pyapp | native CPython 3.13 |\n|--:|---|---|---|---|";
    format!("{HEAD}\n{works} work, {refused} are refused, {fails} fail.\n\n{head}\n{}\n", rows.join("\n"))
}

#[test]
fn the_table_has_a_row_for_each() {
    let text = read(&table());
    let rows: Vec<String> = text.lines().filter(|line| line.starts_with('|')).skip(2).map(str::to_string).collect();
    assert_eq!(document(&rows), text, "made by hand? cargo hundred makes it");
    let packages = packages();
    assert_eq!((rows.len(), packages.len()), (100, 100));
    for (row, package) in rows.iter().zip(&packages) {
        let start = format!("| {} | {} | {} | ", package.rank, package.name, package.version);
        assert!(row.starts_with(&start), "expected {start}, found {row}; run cargo hundred");
        // What is not native code is used.
        assert_eq!(row.starts_with(&format!("{start}refused")), package.program().is_none(), "{row}");
    }
    assert_eq!(packages.iter().filter(|package| package.in_part).count(), 20);
    let count = |name: &str| fs::read_dir(own(name)).expect("listed").count();
    assert_eq!(count("expected"), 100);
    assert_eq!(count("programs"), packages.iter().filter(|package| package.program().is_some()).count());
}

#[test]
#[ignore = "downloads packages; cargo packages runs it"]
fn a_part_of_the_rows_is_as_in_the_table() {
    if may_not_download() {
        eprintln!("not tested: CARGO_NET_OFFLINE is set");
        return;
    }
    let (text, packages) = (read(&table()), packages());
    let part: Vec<&Package> = packages.iter().filter(|package| package.in_part).collect();
    let rows = rows(&part);
    let others: Vec<&String> = rows.iter().filter(|row| !text.lines().any(|line| line == **row)).collect();
    assert!(others.is_empty(), "not in docs/packages.md: {others:#?}");
}

/// With `PYAPP_HUNDRED` it only prints the rows of the packages that it names, with blanks between.
#[test]
#[ignore = "downloads much, and writes docs/packages.md; cargo hundred runs it"]
fn all_rows() {
    let packages = packages();
    if let Ok(names) = std::env::var("PYAPP_HUNDRED") {
        let named = |package: &&Package| names.split_whitespace().any(|name| name == package.name);
        rows(&packages.iter().filter(named).collect::<Vec<_>>());
        return;
    }
    let text = document(&rows(&packages.iter().collect::<Vec<_>>()));
    fs::write(table(), text).expect("written");
}
