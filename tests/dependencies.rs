//! Projects that ask for distributions of the package registry: small ones, which are downloaded once and then lie in the
//! cache.

mod common;

use common::project::{App, Project, files, folder, settings_for, settings_with};
use pipeline::settings::Settings;
use std::fs;
use std::path::PathBuf;

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
    println!("{}", app.report.summary);
}
