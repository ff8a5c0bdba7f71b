//! What is said when it cannot be done, and what to do then, done.

use super::{build, lines, may_download, project, settings, uv};
use pipeline::settings::Settings;

#[test]
fn what_is_wrong_is_told_in_one_line() {
    if !may_download() {
        return;
    }
    let click = "click==8.3.0";
    let zeros = format!("{click} --hash=sha256:{}\n", "0".repeat(64));
    for (requirements, expected) in [
        (
            "numpy==2.3.4\nclick\n",
            "requirements.txt: numpy 2.3.4: expected a wheel of Python only (none-any), found native code; if building it on \
             this machine is fine, set [tool.pyapp] native = [\"numpy\"]; no older version has one: ask for another package; ",
        ),
        (
            "zstandard==0.23.0\n",
            "requirements.txt: zstandard 0.23.0: expected a wheel of Python only (none-any), found native code; if",
        ),
        ("pycrypto==2.6.1\n", "requirements.txt: uv found: Failed to build `pycrypto==2.6.1`; The build backend"),
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
    let settings = |list: &str| format!("[tool.pyapp]\nentry = 'main'\nfrom-source = {list}\n");
    let files = [
        ("pyproject.toml", &*settings("[]")),
        ("requirements.txt", "markupsafe==3.0.3\n"),
        ("python_libs/main.py", "import markupsafe; print(markupsafe.escape('<'))"),
    ];
    let project = project(&files);
    let error = build(&project).err().expect("refused");
    let (_, advice) = error.split_once("[tool.pyapp] from-source = ").expect("advice");
    project.write("pyproject.toml", &settings(advice));
    let app = build(&project).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines(&app, &[]), ["&lt;"]);
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
    project.write("pyproject.toml", "[tool.pyapp]\nentry = 'main'\nexclude = [\"click\"]\n");
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

/// Of a lock nothing is resolved, so it may say what does not go together.
#[test]
fn distributions_that_do_not_go_together_are_named_on_both_sides() {
    if !may_download() {
        return;
    }
    let lock = |more: &str| {
        format!(
            "Jinja2==3.1.6 --hash=sha256:85ece4451f492d0c13c5dd7c13a64681a86afae63a5f347908daf103ce6d2f67\n{more}\n"
        )
    };
    let settings = |exclude: &str| format!("[tool.pyapp]\nentry = 'main'\nexclude = [{exclude}]\n");
    let files = [
        ("pyproject.toml", &*settings("")),
        ("requirements.txt", &lock("")),
        ("python_libs/main.py", "import importlib.metadata as m; print(m.version('jinja2'))"),
    ];
    let project = project(&files);
    let error = build(&project).err().expect("refused");
    let (line, advice) = error.rsplit_once("exclude = ").expect("advice");
    assert!(line.contains("\nThe package `jinja2` requires `markupsafe>=2.0`, but it's not installed; "), "{error}");
    project.write("pyproject.toml", &settings(advice.trim_matches(['[', ']'])));
    assert_eq!(lines(&build(&project).unwrap_or_else(|error| panic!("{error}")), &[]), ["3.1.6"]);
    let old = "markupsafe==1.1.1 --hash=sha256:29872e92839765e546828bb7754a68c418d927cd064fd4708fab9fe9c8bb116b";
    project.write("pyproject.toml", &settings(""));
    project.write("requirements.txt", &lock(old));
    let error = build(&project).err().expect("refused");
    assert!(error.contains("The package `jinja2` requires `markupsafe>=2.0`, but `1.1.1` is installed; "), "{error}");
}

/// What holds by its marker, but cannot work here.
#[test]
fn what_an_app_does_without_is_left_out_by_name() {
    if !may_download() {
        return;
    }
    let files = [
        ("pyproject.toml", "[tool.pyapp]\nentry = 'main'\nexclude = ['uvloop']\n"),
        ("requirements.txt", "uvloop==0.21.0; sys_platform != 'win32'\nclick==8.3.0\n"),
        ("python_libs/main.py", "import importlib.metadata as m; print([d.name for d in m.distributions()])"),
    ];
    let project = project(&files);
    let left = ["['click']"];
    assert_eq!(lines(&build(&project).unwrap_or_else(|error| panic!("{error}")), &[]), left);
    let settings = "[project]\nname = 'x'\nversion = '1'\nrequires-python = '>=3.13'\n\
                    dependencies = ['uvloop==0.21.0', 'click==8.3.0']\n\
                    [tool.pyapp]\nentry = 'main'\nexclude = ['uvloop']\n";
    project.write("pyproject.toml", settings);
    uv(&project, &["lock", "-q"]);
    assert_eq!(lines(&build(&project).unwrap_or_else(|error| panic!("{error}")), &[]), left);
    uv(&project, &["export", "-q", "--format", "pylock.toml", "--preview-features", "pylock", "-o", "pylock.toml"]);
    std::fs::remove_file(project.path("uv.lock")).expect("removed");
    assert_eq!(lines(&build(&project).unwrap_or_else(|error| panic!("{error}")), &[]), left);
}
