//! Folders with `[project]`, requirements and locks.

use super::common::project::files;
use super::common::run;
use super::{SAID, build, lines, may_download, package, project, settings, uv};
use pipeline::settings::Settings;
use std::fs;
use std::process::Command;

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
    assert!(app.summary().contains("6 distributions from requirements.lock, new, from requirements.txt"));
    // Requirements with hashes are a lock.
    fs::rename(project.path("requirements.lock"), project.path("requirements.txt")).expect("renamed");
    let app = build(&project).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines(&app, &[]), expected);
    assert!(app.summary().contains("6 distributions from requirements.txt"), "{}", app.summary());
    assert!(!project.path("requirements.lock").exists());
}

#[test]
fn no_path_of_this_machine_is_inside() {
    if !may_download() {
        return;
    }
    let mut files = package();
    files.retain(|(name, _)| *name != "pyproject.toml");
    let settings_file = package()[0].1.replace("dependencies = [", "dependencies = [\"markupsafe\", ");
    files.push(("pyproject.toml", &settings_file));
    let project = project(&files);
    let app = build(&project).unwrap_or_else(|error| panic!("{error}"));
    let archive = app.bundle.archive();
    let contents: Vec<Vec<u8>> =
        (0..archive.count()).filter_map(|index| archive.read(index).ok()).map(Vec::from).collect();
    let settings = settings(&project);
    let home = std::env::home_dir().expect("a home");
    for path in [&settings.cache, &settings.out, &project.path(""), &home] {
        let text = path.display().to_string();
        let text = format!("{}/", text.trim_end_matches('/'));
        let has = |bytes: &Vec<u8>| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!contents.iter().any(has) && !has(&app.snapshot), "{text}");
    }
}

#[test]
fn a_project_with_a_script_needs_no_settings_of_ours() {
    if !may_download() {
        return;
    }
    let project = project(&package());
    let app = build(&project).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines(&app, &["--name", "me"]), SAID);
    let summary = app.summary();
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
        app.summary().contains("1 distribution from requirements.lock; ")
            || app.summary().ends_with("from requirements.lock")
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
        app.summary().contains("2 distributions from requirements.lock, made again, from pyproject.toml"),
        "{}",
        app.summary()
    );
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
    assert!(app.summary().contains("1 distribution from uv.lock"), "{}", app.summary());
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
    assert!(app.summary().contains("1 distribution from pylock.toml"), "{}", app.summary());
}

#[test]
fn extras_and_groups_are_installed_on_request() {
    if !may_download() {
        return;
    }
    let settings = |more: &str| {
        format!(
            "[project]\nname = 'x'\nversion = '1'\nrequires-python = '>=3.13'\n[project.optional-dependencies]\n\
             one = ['mdurl']\n[dependency-groups]\ndev = ['click']\n[tool.pyapp]\nentry = 'main'\n{more}"
        )
    };
    let code = "import importlib.metadata as m; print(sorted(d.name for d in m.distributions()))";
    let project = project(&[("pyproject.toml", &settings("")), ("python_libs/main.py", code)]);
    for (more, expected) in [
        ("", "[]"),
        ("groups = ['dev']\n", "['click']"),
        ("extras = ['one']\n", "['mdurl']"),
        ("extras = ['one']\ngroups = ['dev']\n", "['click', 'mdurl']"),
    ] {
        project.write("pyproject.toml", &settings(more));
        assert_eq!(lines(&build(&project).unwrap_or_else(|error| panic!("{error}")), &[]), [expected]);
    }
    // The same with a lock of uv's.
    uv(&project, &["lock", "-q"]);
    let app = build(&project).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines(&app, &[]), ["['click', 'mdurl']"]);
    assert!(app.summary().contains("2 distributions from uv.lock"), "{}", app.summary());
    project.write("pyproject.toml", &settings("groups = ['nope']\n"));
    let error = build(&project).err().expect("refused");
    assert!(error.starts_with("uv.lock: uv found: Group `nope` is not defined") && !error.contains('\n'), "{error}");
}

#[test]
fn a_member_of_a_workspace_brings_the_others_that_it_asks_for() {
    if !may_download() {
        return;
    }
    let project = project(&files(
        r#"
        === pyproject.toml
        [tool.uv.workspace]
        members = ["app", "lib"]
        === app/pyproject.toml
        [project]
        name = "app"
        version = "1"
        requires-python = ">=3.13"
        dependencies = ["lib", "mdurl"]
        [project.scripts]
        app = "app:main"
        [tool.uv.sources]
        lib = { workspace = true }
        [build-system]
        requires = ["uv_build"]
        build-backend = "uv_build"
        === app/src/app/__init__.py
        import importlib.metadata as m, lib
        def main(): print(lib.X, sorted(d.name for d in m.distributions()))
        === lib/pyproject.toml
        [project]
        name = "lib"
        version = "2"
        requires-python = ">=3.13"
        [build-system]
        requires = ["uv_build"]
        build-backend = "uv_build"
        === lib/src/lib/__init__.py
        X = 1
        "#,
    ));
    uv(&project, &["lock", "-q"]);
    let settings = Settings { project: project.path("app"), ..settings(&project) };
    let build = || project.build_with(&settings).unwrap_or_else(|error| panic!("{error}"));
    let app = build();
    assert_eq!(lines(&app, &[]), ["1 ['app', 'lib', 'mdurl']"]);
    assert!(
        app.summary().contains("2 distributions from folders and 1 distribution from uv.lock"),
        "{}",
        app.summary()
    );
    // A change of the other is seen.
    project.write("lib/src/lib/__init__.py", "X = 2\n");
    assert_eq!(lines(&build(), &[]), ["2 ['app', 'lib', 'mdurl']"]);
    let watched = app.report.inputs.iter().filter_map(|path| path.canonicalize().ok());
    let lib = project.path("lib/src").canonicalize().expect("there");
    assert!(watched.into_iter().any(|path| path == lib), "{:?}", app.report.inputs);
}

#[test]
fn of_several_commands_the_one_runs_that_it_is_called_by() {
    let mut files = files(
        r#"
        === python_libs/tools.py
        import sys
        def one(): print("one", sys.argv)
        def two(): print("two", sys.argv); return 3
        class Other:
            def run(self): print("other", sys.argv[1:])
        other = Other()
        "#,
    );
    let scripts = "[project]\nname = 'x'\nversion = '1'\n[project.scripts]\none = 'tools:one'\ntwo = 'tools:two'\n";
    files.push(("pyproject.toml", scripts));
    let project = project(&files);
    let app = build(&project).unwrap_or_else(|error| panic!("{error}"));
    let run = |app: &super::App, name: &str, arguments: &[&str]| app.run_with(name, arguments, &[]);
    assert_eq!(run(&app, "/bin/one", &["two"]), (0, "one ['/bin/one', 'two']\n".to_string()));
    assert_eq!(run(&app, "two", &[]), (3, "two ['two']\n".to_string()));
    assert_eq!(run(&app, "./x", &["two", "a"]), (3, "two ['two', 'a']\n".to_string()));
    let usage = |found: &str| {
        format!(
            "x: expected one of the commands one, two as the first argument, found {found}; name one, or call this by the name of \
             one (ln -s x one)\n"
        )
    };
    assert_eq!(run(&app, "./x", &["three"]), (2, usage("'three'")));
    assert_eq!(run(&app, "./x", &[]), (2, usage("nothing")));
    project.write("pyproject.toml", &format!("{scripts}[tool.pyapp]\nentry = 'tools:other.run'\n"));
    let app = build(&project).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(run(&app, "x", &["two"]), (0, "other ['two']\n".to_string()));
    assert_eq!(run(&app, "two", &[]).0, 3);
    project.write("pyproject.toml", &scripts.replace("tools:two", "tools:too"));
    let error = build(&project).err().expect("refused");
    assert!(
        error.starts_with("pyproject.toml, [project.scripts] two: expected too in module tools, found no such name;"),
        "{error}"
    );
}

/// As `uv init` makes it.
#[test]
fn modules_beside_the_settings_are_the_project() {
    let project = project(&files(
        r#"
        === pyproject.toml
        [project]
        name = "hello"
        version = "1"
        === main.py
        import helper, words.some
        def main(): print("hello", helper.X, words.some.Y)
        if __name__ == "__main__": main()
        === helper.py
        X = 1
        === words/__init__.py
        === words/some.py
        Y = 2
        === tests/__init__.py
        oops
        "#,
    ));
    assert_eq!(lines(&build(&project).unwrap_or_else(|error| panic!("{error}")), &[]), ["hello 1 2"]);
    for name in ["main.py", "helper.py", "words"] {
        fs::create_dir_all(project.path("src")).expect("created");
        fs::rename(project.path(name), project.path(&format!("src/{name}"))).expect("moved");
    }
    let settings = fs::read_to_string(project.path("pyproject.toml")).expect("there");
    project.write("pyproject.toml", &format!("{settings}[tool.pyapp]\nentry = 'main'\n"));
    assert_eq!(lines(&build(&project).unwrap_or_else(|error| panic!("{error}")), &[]), ["hello 1 2"]);
}

#[test]
fn a_folder_and_a_repository_that_are_asked_for_are_packed() {
    if !may_download() {
        return;
    }
    let project = project(&files(
        r#"
        === app/pyproject.toml
        [project]
        name = "app"
        version = "1"
        dependencies = ["one", "two @ git+file:///REPOSITORY"]
        [tool.uv.sources]
        one = { path = "../one" }
        === app/main.py
        import importlib.metadata as m, one, two
        print(one.NAME, two.NAME, m.version("one"), m.version("two"))
        === one/pyproject.toml
        [project]
        name = "one"
        version = "3"
        dependencies = ["click==8.3.0"]
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"
        === one/src/one/__init__.py
        import click
        NAME = "one"
        === two/pyproject.toml
        [project]
        name = "two"
        version = "4"
        [build-system]
        requires = ["setuptools"]
        build-backend = "backend"
        backend-path = ["."]
        [tool.setuptools]
        py-modules = ["two"]
        === two/backend.py
        import os
        from setuptools.build_meta import *
        # What git on this machine would run.
        os.makedirs(".git/hooks", exist_ok=True)
        for name in (".git/hooks/post-checkout", ".git/config", "left-behind"):
            with open(name, "a") as file: file.write("left-behind")
        === two/two.py
        NAME = "two"
        "#,
    ));
    let settings = Settings { project: project.path("app"), ..settings(&project) };
    let text = fs::read_to_string(project.path("app/pyproject.toml")).expect("read");
    let repository = project.path("two").display().to_string();
    project.write("app/pyproject.toml", &text.replace("/REPOSITORY", &repository));
    for arguments in
        [&["init", "-q"][..], &["add", "-A"], &["-c", "user.name=a", "-c", "user.email=a", "commit", "-qm", "x"]]
    {
        let mut git = Command::new("git");
        git.args(arguments).current_dir(project.path("two"));
        let said = run(git);
        assert_eq!(said.status, Some(0), "{}", said.stderr);
    }
    let build = || project.build_with(&settings).unwrap_or_else(|error| panic!("{error}"));
    let app = build();
    assert_eq!(lines(&app, &[]), ["one two 3 4"]);
    let expected = "1 distribution from folders and 2 distributions from requirements.lock, new";
    assert!(app.summary().contains(expected), "{}", app.summary());
    // Its files are watched, and packed anew.
    assert!(app.report.inputs.iter().any(|input| input.ends_with("one/src")), "{:?}", app.report.inputs);
    project.write("one/src/one/__init__.py", "NAME = 'other'\n");
    assert_eq!(lines(&build(), &[]), ["other two 3 4"]);
    let text = fs::read_to_string(project.path("one/pyproject.toml")).expect("read");
    project.write("one/pyproject.toml", &text.replace("dependencies = [\"click==8.3.0\"]\n", ""));
    project.write("one/src/one/__init__.py", "NAME = 'free'\n");
    let app = build();
    assert!(app.summary().contains("from requirements.lock, made again"), "{}", app.summary());
    assert_eq!(lines(&app, &[]), ["free two 3 4"]);
    // The backend had a copy of what git keeps.
    let mut find = Command::new("grep");
    find.args(["-rl", "left-behind", "--include=post-checkout", "--include=config", "--include=left-behind"]);
    let uvs = fs::read_dir(&settings.cache).expect("listed").map(|entry| entry.expect("listed").path());
    let is_git = |path: &std::path::PathBuf| path.join("git-v2/checkouts").is_dir();
    let checkouts: Vec<_> = uvs.filter(is_git).map(|path| path.join("git-v2/checkouts")).collect();
    assert!(!checkouts.is_empty());
    let find = run({
        find.args(checkouts);
        find
    });
    assert_eq!((find.status, find.stdout.as_str()), (Some(1), ""), "{}", find.stderr);
}

/// A version that git knows: the backend asks it, on this machine.
#[test]
fn a_version_comes_from_git_where_the_backend_may_run_on_this_machine() {
    if !may_download() {
        return;
    }
    let project = project(&files(
        r#"
        === pyproject.toml
        [project]
        name = "tagged"
        dynamic = ["version"]
        [project.scripts]
        tagged = "tagged:main"
        [build-system]
        requires = ["setuptools>=64", "setuptools-scm>=8"]
        build-backend = "setuptools.build_meta"
        [tool.setuptools_scm]
        [tool.pyapp]
        build-on-host = ["tagged"]
        === .gitignore
        requirements.lock
        === .config/kept.txt
        === src/tagged/__init__.py
        import importlib.metadata as m
        def main(): print(m.version("tagged"))
        "#,
    ));
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=a", "-c", "user.email=a"]).args(arguments).current_dir(project.path(""));
        let said = run(git);
        assert_eq!(said.status, Some(0), "{}", said.stderr);
    };
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    git(&["commit", "-qm", "x"]);
    git(&["tag", "v1.2.3"]);
    let app = build(&project).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines(&app, &[]), ["1.2.3"]);
    git(&["tag", "-d", "v1.2.3"]);
    git(&["tag", "v1.3.0"]);
    let app = build(&project).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines(&app, &[]), ["1.3.0"]);
    assert!(app.report.inputs.iter().any(|input| input.ends_with(".git/refs")), "{:?}", app.report.inputs);
    let mut status = Command::new("git");
    status.args(["status", "--porcelain", "--ignored"]).current_dir(project.path(""));
    assert_eq!(run(status).stdout, "");
}
