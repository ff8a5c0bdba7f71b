//! Projects that ask for distributions of the package registry: small ones, which are downloaded once and then lie in the
//! cache. Without a network (`CARGO_NET_OFFLINE`) most of this is not tested. One file a subject.

#[path = "../common/mod.rs"]
mod common;

mod backends;
mod folders;
mod hostile;
mod installed;
mod mistakes;
mod platform;
mod single_files;
mod templates;

use common::project::{App, Project, files, folder};
use common::run;
use pipeline::settings::Settings;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Once;

/// A project without a folder of libraries, unless `files` have one.
fn project(files: &[(&str, &str)]) -> Project {
    let project = Project { folder: folder(), out: folder() };
    files.iter().for_each(|(name, text)| project.write(name, text));
    project
}

/// Settings that may download, unless this whole test may not.
fn settings(project: &Project) -> Settings {
    let tool = Settings::for_tool(project.path(""), "", project.path("")).expect("settings");
    Settings { offline: tool.offline, ..project.settings() }
}

/// Whether these tests may download; it is told if they may not.
fn may_download() -> bool {
    let offline = settings(&project(&[])).offline;
    if offline {
        eprintln!("not tested: CARGO_NET_OFFLINE is set");
    }
    !offline
}

fn build(project: &Project) -> Result<App, String> {
    project.build_with(&settings(project))
}

/// What an app prints that does not fail, line by line.
fn lines(app: &App, arguments: &[&str]) -> Vec<String> {
    let (status, said) = app.run(arguments);
    assert_eq!(status, 0, "{said}");
    said.lines().map(str::to_string).collect()
}

/// A package with a build backend that asks for click, and its only script.
fn package() -> Vec<(&'static str, &'static str)> {
    files(
        r#"
        === pyproject.toml
        [project]
        name = "tool_box"
        version = "1.2"
        requires-python = ">=3.13"
        dependencies = ["click>=8; sys_platform == 'wasi'", "numpy; sys_platform != 'wasi'"]
        [project.scripts]
        tool = "tool_box.cli:main"
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"
        [dependency-groups]
        dev = ["numpy"]
        === src/tool_box/__init__.py
        === src/tool_box/words.txt
        words
        === src/tool_box/cli.py
        import click, importlib.metadata as m, importlib.resources as r
        @click.command()
        @click.option("--name", default="you")
        def main(name):
            click.echo(f"hello {name} {m.version('tool-box')} {r.files('tool_box').joinpath('words.txt').read_text().strip()}")
            click.echo(sorted(d.name for d in m.distributions()))
            click.echo([str(f) for f in m.files("tool-box") if f.suffix == ".json" or "bin" in str(f)])
        "#,
    )
}

const SAID: [&str; 3] = ["hello me 1.2 words", "['click', 'tool_box']", "[]"];

/// uv and the interpreter, as builds have left them in the cache; the newest of each.
fn uv(project: &Project, arguments: &[&str]) {
    // A build that asks for something, so that they are there.
    static BUILT: Once = Once::new();
    BUILT.call_once(|| {
        let asking = [
            ("pyproject.toml", "[tool.pyapp]\nentry = 'main'\n"),
            ("requirements.txt", "click==8.3.0\n"),
            ("python_libs/main.py", ""),
        ];
        build(&crate::project(&asking)).unwrap_or_else(|error| panic!("{error}"));
    });
    let cache = settings(project).cache;
    let newest = |what: &str, program: &str| {
        let entries = fs::read_dir(&cache).expect("listed").map(|entry| entry.expect("listed").path());
        let is_it = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.strip_prefix(what).is_some_and(|key| key.len() == 16) && path.join(program).is_file()
        };
        let newest = entries.filter(is_it).max_by_key(|path| fs::metadata(path).and_then(|data| data.modified()).ok());
        newest.expect("a build has made it").join(program)
    };
    let mut command = Command::new(newest("uv-", "bin/uv"));
    command.args(arguments).current_dir(project.path("")).env("UV_PYTHON", newest("interpreter-", "bin/python3.13"));
    let said = run(command);
    assert_eq!(said.status, Some(0), "{}", said.stderr);
}
