//! Whole projects, as people have them, in `templates/`: each becomes an executable by one command.

use super::common::project::{App, Project};
use super::{lines, may_download, settings, uv};
use pipeline::settings::Settings;
use std::fs;

/// A copy of a template, as a build may write a lock beside it.
fn template(name: &str) -> Project {
    Project::copied(&format!("dependencies/templates/{name}"))
}

/// Builds what `PYAPP_PROJECT` would name.
fn build(project: &Project, named: &str) -> App {
    let settings = Settings { project: project.path(named), ..settings(project) };
    project.build_with(&settings).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_src_layout_with_commands_and_data_files() {
    if !may_download() {
        return;
    }
    let app = build(&template("src_layout"), "");
    let run = |name: &str, arguments: &[&str]| app.run_with(name, arguments, &[]);
    assert_eq!(run("greet", &["world"]), (0, "Hello, world\n".to_string()));
    assert_eq!(run("greet", &["--language", "de", "Welt"]), (0, "Guten Tag, Welt\n".to_string()));
    assert_eq!(run("greet", &["--version"]), (0, "greet, version 1.2.0\n".to_string()));
    assert_eq!(run("languages", &[]), (0, "de\nen\n".to_string()));
    let (status, said) = run("greet", &["--language", "xx", "y"]);
    assert!(status == 2 && said.contains("'xx' is not one of 'de', 'en'"), "{said}");
}

#[test]
fn a_flat_layout() {
    if !may_download() {
        return;
    }
    assert_eq!(lines(&build(&template("flat"), ""), &[]), ["3 words, click 8"]);
}

#[test]
fn requirements_with_hashes() {
    if !may_download() {
        return;
    }
    let project = template("hashes");
    assert_eq!(lines(&build(&project, ""), &[]), ["locked: click 8.3.0"]);
    assert!(!project.path("requirements.lock").exists());
}

#[test]
fn a_script_with_inline_metadata() {
    if !may_download() {
        return;
    }
    let said = lines(&build(&template("script"), "table.py"), &[]);
    assert_eq!(said, ["name      version", "--------  ---------", "tabulate  0.9.0"]);
}

/// A lock of uv's names where it has looked, so it is made here.
#[test]
fn a_member_of_a_workspace_with_a_lock() {
    if !may_download() {
        return;
    }
    let project = template("workspace");
    uv(&project, &["lock", "-q"]);
    let app = build(&project, "app");
    assert_eq!(lines(&app, &[]), ["Versions: app 2.0, click 8.3.0, lib 1.0"]);
    assert!(app.summary().contains("from uv.lock"), "{}", app.summary());
}

/// Also one of PEP 751.
#[test]
fn a_project_with_a_pylock() {
    if !may_download() {
        return;
    }
    let project = template("pylock");
    let export = ["export", "-q", "--no-emit-project", "--format", "pylock.toml", "--preview-features", "pylock"];
    uv(&project, &[&export[..], &["-o", "pylock.toml"]].concat());
    fs::remove_file(project.path("uv.lock")).expect("removed");
    let app = build(&project, "");
    assert_eq!(lines(&app, &[]), ["locked 3.0, click 8.3.0"]);
    assert!(app.summary().contains("from pylock.toml"), "{}", app.summary());
}
