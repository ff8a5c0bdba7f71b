//! What is said when it cannot be done, and what to do then, done.

use super::{build, lines, may_download, project, settings};
use pipeline::settings::Settings;

#[test]
fn what_is_wrong_is_told_in_one_line() {
    if !may_download() {
        return;
    }
    let click = "click==8.3.0";
    let zeros = format!("{click} --hash=sha256:{}\n", "0".repeat(64));
    for (requirements, expected) in [
        ("numpy==2.3.4\nclick\n", "requirements.txt: numpy 2.3.4: expected a wheel of Python only"),
        ("docopt==0.6.2\n", "requirements.txt: docopt 0.6.2"),
        (
            "click==0.0.77\n",
            "requirements.txt: uv found: No solution found when resolving dependencies; Because there is no version of click==0.0.77",
        ),
        ("click ==\n", "requirements.txt: uv found: "),
        (&zeros, "requirements.txt: uv found: "),
    ] {
        let project =
            project(&[("pyproject.toml", "[tool.pyapp]\nentry = 'click'\n"), ("requirements.txt", requirements)]);
        let error = build(&project).err().unwrap_or_else(|| panic!("built: {requirements}"));
        assert!(error.starts_with(expected) && !error.contains('\n'), "{error}");
    }
}

#[test]
fn advice_about_source_works() {
    if !may_download() {
        return;
    }
    for (requirements, code, said) in [
        ("docopt==0.6.2\n", "import docopt; print(docopt.docopt('usage: a', []))", "{}"),
        ("markupsafe==3.0.3\n", "import markupsafe; print(markupsafe.escape('<'))", "&lt;"),
    ] {
        let settings = |list: &str| format!("[tool.pyapp]\nentry = 'main'\nfrom-source = {list}\n");
        let files =
            [("pyproject.toml", &*settings("[]")), ("requirements.txt", requirements), ("python_libs/main.py", code)];
        let project = project(&files);
        let error = build(&project).err().unwrap_or_else(|| panic!("built: {requirements}"));
        let (_, advice) = error.split_once("[tool.pyapp] from-source = ").expect("advice");
        let list = advice.split_inclusive(']').next().expect("a list");
        project.write("pyproject.toml", &settings(list));
        let app = build(&project).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(lines(&app, &[]), [said]);
    }
}

#[test]
fn without_network_it_says_what_is_missing() {
    if !may_download() {
        return;
    }
    let project =
        project(&[("pyproject.toml", "[tool.pyapp]\nentry = 'toolz'\n"), ("requirements.txt", "toolz==1.0.0\n")]);
    let offline = Settings { offline: true, ..settings(&project) };
    let error = project.build_with(&offline).err().expect("refused");
    assert!(error.starts_with("requirements.txt: uv found: No solution found") && !error.contains('\n'), "{error}");
    assert!(error.contains("network was disabled"), "{error}");
    // Not even uv.
    let offline = Settings { cache: project.path("cache"), ..offline };
    let error = project.build_with(&offline).err().expect("refused");
    let expected = "CARGO_NET_OFFLINE is set and a wheel is missing: expected the one for this machine that ";
    assert!(error.starts_with(expected) && error.contains("uv.txt pins in cache/downloads; put it there"), "{error}");
}

#[test]
fn what_is_installed_and_what_lies_in_libs_do_not_hide_each_other() {
    if !may_download() {
        return;
    }
    let files = [
        ("pyproject.toml", "[tool.pyapp]\nentry = 'main'\n"),
        ("requirements.txt", "click==8.3.0\n"),
        ("python_libs/main.py", "import click; print(click.X)"),
        ("python_libs/click.py", "X = 1"),
    ];
    let project = project(&files);
    let error = build(&project).err().expect("refused");
    assert!(error.contains("python_libs/click.py and ") && error.contains("expected one module click"), "{error}");
    project.write("pyproject.toml", "[tool.pyapp]\nentry = 'main'\nexclude = [\"click\", \"click-8.3.0.dist-info\"]\n");
    assert_eq!(lines(&build(&project).unwrap_or_else(|error| panic!("{error}")), &[]), ["1"]);
}

#[test]
fn a_project_for_another_python_is_refused_and_can_be_widened() {
    let settings = |range: &str| {
        format!("[project]\nname = 'x'\nversion = '1'\nrequires-python = '{range}'\n[tool.pyapp]\nentry = 'main'\n")
    };
    let files =
        [("pyproject.toml", &*settings(">=3.14")), ("requirements.txt", ""), ("python_libs/main.py", "print('here')")];
    let project = project(&files);
    let error = build(&project).err().expect("refused");
    let expected = "pyproject.toml, [project] requires-python: expected a range that holds 3.13.5, which is bundled, found \
                    \">=3.14\"; widen it";
    assert_eq!(error, expected);
    if may_download() {
        project.write("pyproject.toml", &settings(">=3.13"));
        assert_eq!(lines(&build(&project).unwrap_or_else(|error| panic!("{error}")), &[]), ["here"]);
    }
}
