//! Projects that are one file: scripts and wheels.

use super::common::dedent;
use super::{SAID, lines, may_download, package, project, settings, uv};
use pipeline::settings::Settings;
use std::fs;

#[test]
fn a_script_says_itself_what_it_asks_for() {
    if !may_download() {
        return;
    }
    let script = dedent(
        r#"
        #!/usr/bin/env -S uv run
        # /// script
        # requires-python = ">=3.13"
        # dependencies = ["click==8.3.0"]
        # [tool.pyapp.permissions]
        # arguments = "none"
        # ///
        import click, sys
        print(click.__name__, __name__, sys.argv[1:], __file__.rsplit("/")[-1])
        "#,
    );
    let project = project(&[("my-script.py", script)]);
    let settings = Settings { project: project.path("my-script.py"), ..settings(&project) };
    let build = || project.build_with(&settings);
    let app = build().unwrap_or_else(|error| panic!("{error}"));
    let expected = ["click __main__ ['a'] my_script.py"];
    assert_eq!(lines(&app, &["a"]), expected);
    assert!(app.summary().contains("1 distribution from my-script.py"), "{}", app.summary());
    assert!(app.report.inputs.contains(&project.path("my-script.py")));
    // Resolved once, and nothing is left beside it.
    let offline = Settings { offline: true, ..settings.clone() };
    project.build_with(&offline).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(fs::read_dir(project.path("")).expect("listed").count(), 1);
    // A lock is obeyed.
    uv(&project, &["lock", "-q", "--script", "my-script.py"]);
    let app = build().unwrap_or_else(|error| panic!("{error}"));
    assert!(app.summary().contains("1 distribution from my-script.py.lock"), "{}", app.summary());
    project.write("my-script.py", &script.replace("8.3.0", "8.2.0"));
    let error = build().err().expect("refused");
    assert!(error.starts_with("my-script.py: uv found: The lockfile at"), "{error}");
    // What does not compile is named where it is.
    fs::remove_file(project.path("my-script.py.lock")).expect("removed");
    project.write("my-script.py", "x = = 1\n");
    let error = build().err().expect("refused");
    assert!(error.contains("\nmy-script.py:1: SyntaxError"), "{error}");
}

#[test]
fn a_script_may_not_be_called_as_a_module_of_the_standard_library() {
    for name in ["calendar", "time", "test"] {
        let project = project(&[(&format!("{name}.py"), "print('mine')\n")]);
        let settings = Settings { project: project.path(&format!("{name}.py")), ..settings(&project) };
        let error = project.build_with(&settings).err().expect("refused");
        let expected = format!(
            "{name}.py: expected a script, found {name}, which is a module of the standard library; rename the script"
        );
        assert_eq!(error, expected);
        fs::rename(project.path(&format!("{name}.py")), project.path("mine.py")).expect("renamed");
        let app = project.build_with(&Settings { project: project.path("mine.py"), ..settings }).expect("renamed");
        assert_eq!(lines(&app, &[]), ["mine"]);
    }
}

#[test]
fn a_wheel_is_a_project_too() {
    if !may_download() {
        return;
    }
    let project = project(&package());
    // uv's own backend needs no Python.
    let settings_file = fs::read_to_string(project.path("pyproject.toml")).expect("there");
    let settings_file = settings_file.replace("\"hatchling\"", "\"uv_build\"").replace("hatchling.build", "uv_build");
    project.write("pyproject.toml", &settings_file);
    uv(&project, &["build", "-q", "--wheel", "-o", "dist"]);
    let wheel = project.path("dist/tool_box-1.2-py3-none-any.whl");
    let app = project.build_with(&Settings { project: wheel, ..settings(&project) });
    let app = app.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines(&app, &["--name", "me"]), SAID);
    assert!(app.summary().contains("2 distributions from tool_box-1.2-py3-none-any.whl"), "{}", app.summary());
}
