//! Tables of packages: each is a project of its own that pins it and puts it to use, against what the same program says under native
//! CPython.
//!
//! | in the list's folder | is |
//! |---|---|
//! | `packages.txt` | the list: a line for each, with the pins of what it needs; `+` in front of those that CI looks at |
//! | `programs` | a program for each that is not refused |
//! | `expected` | what these say natively, or that a package can be imported there; `tests/record.py` writes it |

use super::project::{Project, folder, settings_with};
use bundle::Run;
use pipeline::settings::Settings;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// A list of packages, and its table.
pub struct List {
    /// The folder below `tests`.
    pub folder: &'static str,
    /// The table's file.
    pub table: &'static str,
    /// What stands above the table.
    pub head: &'static str,
    /// The command that writes it.
    pub command: &'static str,
}

/// What the list says of a package.
pub struct Package {
    list: &'static List,
    rank: usize,
    name: String,
    version: String,
    /// What it needs, pinned.
    others: Vec<String>,
    /// Whether it is of the part that CI looks at.
    in_part: bool,
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl List {
    fn own(&self, name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(self.folder).join(name)
    }

    fn table(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(self.table)
    }

    fn packages(&'static self) -> Vec<Package> {
        let text = read(&self.own("packages.txt"));
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let packages = lines.zip(1..).map(|(line, rank)| {
            let rest = line.strip_prefix("+ ");
            let mut pins = rest.unwrap_or(line).split(' ').map(str::to_string);
            let (name, version) = pins
                .next()
                .and_then(|pin| Some(pin.split_once("==")?).map(|(a, b)| (a.into(), b.into())))
                .expect("a pin");
            Package { list: self, rank, name, version, others: pins.collect(), in_part: rest.is_some() }
        });
        packages.collect()
    }
    /// The table with these rows.
    fn document(&self, rows: &[String]) -> String {
        let head_text = self.head;
        let count = |start: &str| {
            rows.iter().filter(|row| row.split(" | ").nth(3).is_some_and(|cell| cell.starts_with(start))).count()
        };
        let [works, refused, fails] = ["works", "refused", "fails"].map(count);
        let head = "| rank | package | version | pyapp | native CPython 3.13 |\n|--:|---|---|---|---|";
        format!("{head_text}\n{works} work, {refused} are refused, {fails} fail.\n\n{head}\n{}\n", rows.join("\n"))
    }

    /// Checks that the table has a row for each of `count` packages, of which CI looks at `in_part`.
    pub fn check(&'static self, count: usize, in_part: usize) {
        let text = read(&self.table());
        let rows: Vec<String> = text.lines().filter(|line| line.starts_with('|')).skip(2).map(str::to_string).collect();
        assert_eq!(self.document(&rows), text, "made by hand? {} makes it", self.command);
        let packages = self.packages();
        assert_eq!((rows.len(), packages.len()), (count, count));
        for (row, package) in rows.iter().zip(&packages) {
            let start = format!("| {} | {} | {} | ", package.rank, package.name, package.version);
            assert!(row.starts_with(&start), "expected {start}, found {row}; run {}", self.command);
            // What is not native code is used.
            assert_eq!(row.starts_with(&format!("{start}refused")), package.program().is_none(), "{row}");
        }
        assert_eq!(packages.iter().filter(|package| package.in_part).count(), in_part);
        let files = |name: &str| fs::read_dir(self.own(name)).expect("listed").count();
        assert_eq!(files("expected"), count);
        assert_eq!(files("programs"), packages.iter().filter(|package| package.program().is_some()).count());
    }

    /// Checks that the rows that CI looks at come out as they are in the table.
    pub fn check_part(&'static self) {
        if may_not_download() {
            eprintln!("not tested: CARGO_NET_OFFLINE is set");
            return;
        }
        let (text, packages) = (read(&self.table()), self.packages());
        let part: Vec<&Package> = packages.iter().filter(|package| package.in_part).collect();
        let rows = rows(&part);
        let others: Vec<&String> = rows.iter().filter(|row| !text.lines().any(|line| line == **row)).collect();
        assert!(others.is_empty(), "not in {}: {others:#?}", self.table);
    }

    /// Makes all rows anew, and writes the table; with PYAPP_ROWS it only prints those of the packages that it names, with blanks
    /// between.
    pub fn make(&'static self) {
        let packages = self.packages();
        if let Ok(names) = std::env::var("PYAPP_ROWS") {
            let named = |package: &&Package| names.split_whitespace().any(|name| name == package.name);
            rows(&packages.iter().filter(named).collect::<Vec<_>>());
            return;
        }
        let text = self.document(&rows(&packages.iter().collect::<Vec<_>>()));
        fs::write(self.table(), text).expect("written");
    }
}

impl Package {
    /// The program that uses it; `None` for one that is native code.
    fn program(&self) -> Option<String> {
        let path = self.list.own("programs").join(format!("{}.py", self.name));
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
        let natively = read(&self.list.own("expected").join(format!("{}.txt", self.name)));
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
        let expected = read(&self.list.own("expected").join(format!("{}.txt", self.name)));
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
