//! Projects that ask for distributions of the package registry: small ones, which are downloaded once and then lie in the
//! cache. Without a network (`CARGO_NET_OFFLINE`) most of this is not tested.

mod common;

use common::project::{App, Project, files, folder};
use common::{dedent, run};
use pipeline::settings::Settings;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

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

#[test]
fn requirements_are_resolved_once_and_bundled_with_what_they_say_of_themselves() {
    if !may_download() {
        return;
    }
    let project = project(&files(
        r#"
        === pyproject.toml
        [tool.pyapp]
        entry = "main"
        === requirements.txt
        Jinja2==3.1.6
        rich==14.2.0
        colorama; sys_platform == "win32"
        tzdata; sys_platform == "emscripten"
        === python_libs/main.py
        import io, importlib.metadata as m, jinja2, markupsafe, rich.console
        print(jinja2.Template("{{ x }}").render(x=markupsafe.escape("<")))
        console = rich.console.Console(file=io.StringIO(), width=20)
        console.print("[bold]bold[/]")
        print(console.file.getvalue().strip())
        print(m.version("jinja2"), m.version("Rich"), m.requires("jinja2")[0])
        print(sorted(d.name for d in m.distributions()))
        print([str(f) for f in m.files("markupsafe") if "native" in str(f) or f.suffix == ".pyi" or "json" in str(f)])
        print(m.packages_distributions()["markdown_it"], all(f.locate().is_file() for f in m.files("rich")))
        print(len(m.files("rich")) > 50, m.entry_points(group="babel.extractors")["jinja2"].value)
        "#,
    ));
    let app = build(&project).unwrap_or_else(|error| panic!("{error}"));
    let expected = [
        "&lt;",
        "bold",
        "3.1.6 14.2.0 MarkupSafe>=2.0",
        "['Jinja2', 'MarkupSafe', 'Pygments', 'markdown-it-py', 'mdurl', 'rich']",
        "['markupsafe/_native.pyc']",
        "['markdown-it-py'] True",
        "True jinja2.ext:babel_extract[i18n]",
    ];
    assert_eq!(lines(&app, &[]), expected);
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

#[test]
fn a_project_with_a_script_needs_no_settings_of_ours() {
    if !may_download() {
        return;
    }
    let project = project(&package());
    let app = build(&project).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines(&app, &["--name", "me"]), SAID);
    let summary = &app.report.summary;
    assert!(
        summary.contains("the project's own distribution and 1 distribution from requirements.lock, new, from"),
        "{summary}"
    );
    // The lock is older than the build, so that it is no reason for another one.
    let time = |name: &str| fs::metadata(project.path(name)).and_then(|metadata| metadata.modified()).expect("there");
    assert_eq!(time("requirements.lock"), time("pyproject.toml"));
    let lock = fs::read_to_string(project.path("requirements.lock")).expect("written");
    assert!(lock.contains("\nclick==") && lock.contains("--hash=sha256:") && !lock.contains("://"), "{lock}");
    // Obeyed, not made again, and no backend has left anything.
    let mut offline = settings(&project);
    offline.offline = true;
    let app = project.build_with(&offline).expect("built from the cache");
    assert!(
        app.report.summary.contains("1 distribution from requirements.lock; ")
            || app.report.summary.ends_with("from requirements.lock")
    );
    assert_eq!(fs::read_to_string(project.path("requirements.lock")).expect("there"), lock);
    let mut names: Vec<_> =
        fs::read_dir(project.path("")).expect("listed").map(|entry| entry.expect("listed").file_name()).collect();
    names.sort();
    assert_eq!(names, ["pyproject.toml", "requirements.lock", "src"]);
    for input in ["pyproject.toml", "requirements.lock", "src"] {
        assert!(app.report.inputs.contains(&project.path(input)), "{input}: {:?}", app.report.inputs);
    }
    // Another need: what stays is kept, what is new is added.
    let text = fs::read_to_string(project.path("pyproject.toml")).expect("there");
    project.write(
        "pyproject.toml",
        &text.replace("click>=8;", "mdurl', 'click>=8;").replace(['\''], "\"").replace("\"wasi\"", "'wasi'"),
    );
    let app = build(&project).unwrap_or_else(|error| panic!("{error}"));
    assert!(
        app.report.summary.contains("2 distributions from requirements.lock, made again, from pyproject.toml"),
        "{}",
        app.report.summary
    );
}

/// uv and the interpreter, as builds have left them in the cache; the newest of each.
fn uv(project: &Project, arguments: &[&str]) {
    uv_with(project, arguments, &[]);
}

/// As [`uv`], with variables.
fn uv_with(project: &Project, arguments: &[&str], variables: &[(&str, PathBuf)]) {
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
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    let said = run(command);
    assert_eq!(said.status, Some(0), "{}", said.stderr);
}

#[test]
fn locks_are_obeyed_and_never_changed() {
    if !may_download() {
        return;
    }
    let project = project(&package());
    build(&project).unwrap_or_else(|error| panic!("{error}"));
    fs::remove_file(project.path("requirements.lock")).expect("removed");
    uv(&project, &["lock", "-q"]);
    let lock = fs::read_to_string(project.path("uv.lock")).expect("made");
    let app = build(&project).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines(&app, &["--name", "me"]), SAID);
    assert!(app.report.summary.contains("1 distribution from uv.lock"), "{}", app.report.summary);
    assert!(!project.path("requirements.lock").exists() && !project.path(".venv").exists());
    uv(
        &project,
        &["export", "-q", "--no-emit-project", "--no-default-groups", "--format", "pylock.toml", "-o", "pylock.toml"],
    );
    // A lock of another project.
    let text = fs::read_to_string(project.path("pyproject.toml")).expect("there");
    project.write("pyproject.toml", &text.replace("click>=8;", "rich;"));
    let error = build(&project).err().expect("refused");
    assert!(error.starts_with("uv.lock: uv found: The lockfile at `uv.lock` needs to be updated"), "{error}");
    assert!(error.contains("run `uv lock`") && !error.contains('\n'), "{error}");
    assert_eq!(fs::read_to_string(project.path("uv.lock")).expect("there"), lock);
    // The next one that counts.
    project.write("pyproject.toml", &text);
    fs::remove_file(project.path("uv.lock")).expect("removed");
    let app = build(&project).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines(&app, &["--name", "me"]), SAID);
    assert!(app.report.summary.contains("1 distribution from pylock.toml"), "{}", app.report.summary);
}

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
        println!("{error}");
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
    assert!(app.report.summary.contains("1 distribution from my-script.py"), "{}", app.report.summary);
    assert!(app.report.inputs.contains(&project.path("my-script.py")));
    // Resolved once, and nothing is left beside it.
    let offline = Settings { offline: true, ..settings.clone() };
    project.build_with(&offline).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(fs::read_dir(project.path("")).expect("listed").count(), 1);
    // A lock is obeyed.
    uv(&project, &["lock", "-q", "--script", "my-script.py"]);
    let app = build().unwrap_or_else(|error| panic!("{error}"));
    assert!(app.report.summary.contains("1 distribution from my-script.py.lock"), "{}", app.report.summary);
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
fn a_wheel_is_a_project_too() {
    if !may_download() {
        return;
    }
    let project = project(&package());
    build(&project).unwrap_or_else(|error| panic!("{error}"));
    // The backend may run here as in a build.
    let path = env::var_os("PATH").expect("a path");
    let mut pythons = env::split_paths(&path).map(|path| path.join("python3"));
    let python = pythons.find(|python| python.is_file()).expect("python3");
    let here = fs::canonicalize(project.path("")).expect("there");
    let variables = [("PYAPP_HOST_PYTHON", python), ("PYAPP_BACKEND_IN", here)];
    uv_with(&project, &["build", "-q", "--wheel", "-o", "dist"], &variables);
    let wheel = project.path("dist/tool_box-1.2-py3-none-any.whl");
    let app = project.build_with(&Settings { project: wheel, ..settings(&project) });
    let app = app.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines(&app, &["--name", "me"]), SAID);
    assert!(
        app.report.summary.contains("2 distributions from tool_box-1.2-py3-none-any.whl"),
        "{}",
        app.report.summary
    );
}

#[test]
fn uv_is_told_of_our_platform_what_the_guest_says_of_itself() {
    let code = dedent(
        r#"
        import json, os, platform, sys
        def version(info):
            return f"{info.major}.{info.minor}.{info.micro}" + (info.releaselevel[0] + str(info.serial) if info.releaselevel != "final" else "")
        print(json.dumps({
            "implementation_name": sys.implementation.name,
            "implementation_version": version(sys.implementation.version),
            "os_name": os.name,
            "platform_machine": platform.machine(),
            "platform_python_implementation": platform.python_implementation(),
            "platform_release": platform.release(),
            "platform_system": platform.system(),
            "platform_version": platform.version(),
            "python_full_version": platform.python_version(),
            "python_version": ".".join(platform.python_version_tuple()[:2]),
            "sys_platform": sys.platform,
        }))
        "#,
    );
    let project = project(&[("pyproject.toml", "[tool.pyapp]\nentry = 'main'\n"), ("python_libs/main.py", code)]);
    let app = build(&project).expect("built");
    let said: serde_json::Value = serde_json::from_str(&lines(&app, &[])[0]).expect("JSON");
    let version = said["python_full_version"].as_str().expect("a version");
    assert_eq!(pipeline::markers(version).expect("of three numbers"), said);
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

/// Makes a wheel of entries, each a path and its text, with the metadata that it must have unless they have it.
const WHEEL: &str = r#"
import sys, zipfile
info = "odd-1.0.dist-info/"
entries = dict(zip(sys.argv[2::2], sys.argv[3::2]))
entries.setdefault("odd.py", "def main(): print('odd')")
entries.setdefault(info + "METADATA", "Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n")
entries.setdefault(info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
entries.setdefault(info + "entry_points.txt", "[console_scripts]\nodd = odd:main\n")
entries.setdefault(info + "RECORD", "".join(f"{name},,\n" for name in [*entries, info + "RECORD"]))
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    for name, text in entries.items():
        wheel.writestr(name.encode().decode("unicode_escape"), text.encode().decode("unicode_escape").encode("latin-1"))
"#;

#[test]
fn a_wheel_that_is_not_what_it_should_be_ends_with_one_line() {
    if !may_download() {
        return;
    }
    let project = project(&[]);
    let wheel = project.path("odd-1.0-py3-none-any.whl");
    let make = |entries: &[&str]| {
        let mut python = Command::new("python3");
        python.args(["-c", WHEEL]).arg(&wheel).args(entries);
        assert_eq!(run(python).status, Some(0));
    };
    let build = || project.build_with(&Settings { project: wheel.clone(), ..settings(&project) });
    make(&[]);
    assert_eq!(lines(&build().unwrap_or_else(|error| panic!("{error}")), &[]), ["odd"]);
    // What leads outside uv leaves out.
    for path in ["../evil.py", "/evil.py", "a/../../evil.py"] {
        make(&[path, ""]);
        assert_eq!(lines(&build().unwrap_or_else(|error| panic!("{error}")), &[]), ["odd"]);
    }
    let info = |file: &str| format!("odd-1.0.dist-info/{file}");
    for (path, text, expected) in [
        (
            "ext.so",
            "\\x7fELF\\x02\\x01\\x01\\0\\0\\0\\0\\0\\0\\0\\0\\0\\x03\\0",
            "odd 1.0: expected Python, found native code for Linux",
        ),
        (&info("METADATA"), "", ": uv found: Failed to read `odd"),
        (
            &info("METADATA"),
            "Metadata-Version: 2.1\\nName: other\\nVersion: 1.0\\n",
            "`other` does not match given name `odd`",
        ),
        (
            &info("METADATA"),
            "Metadata-Version: 2.1\\nName: odd\\nVersion: 1.0\\nRequires-Python: >=3.14\\n",
            "the current Python version (3.13.5) does not satisfy Python>=3.14",
        ),
        (&info("WHEEL"), "", "The wheel is invalid"),
        (&info("RECORD"), "\\xff\\xfe", "`RECORD` file is invalid"),
        (
            &info("entry_points.txt"),
            "[console_scripts]\\nodd = nowhere:main\\n",
            "expected a module nowhere, found none",
        ),
        (
            &info("entry_points.txt"),
            "[console_scripts]\\na = odd:a\\nb = odd:b\\n",
            "expected one command in its entry_points.txt, or one called odd, found a, b; write a pyproject.toml",
        ),
    ] {
        make(&[path, text]);
        let error = build().err().unwrap_or_else(|| panic!("built: {path}"));
        // Problems of libraries have a line that says how many there are.
        let line = error.strip_prefix("1 problem in the libraries; nothing was bundled:\n").unwrap_or(&error);
        assert!(line.contains(expected) && !line.contains('\n'), "{path}: {error}");
    }
    for len in [0, 200] {
        make(&[]);
        fs::write(&wheel, &fs::read(&wheel).expect("read")[..len]).expect("cut");
        let error = build().err().expect("refused");
        assert!(error.contains("Invalid zip file structure") && !error.contains('\n'), "{error}");
    }
    assert!(!project.path("evil.py").exists() && !Path::new("/evil.py").exists());
    assert_eq!(fs::read_dir(project.path("")).expect("listed").count(), 1);
}
