//! What is said of settings, and that it can be followed.

use super::project::*;

fn parse(text: &str) -> std::result::Result<Project, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("python_libs")).expect("created");
    std::fs::write(folder.path().join(FILE), text).expect("written");
    let place = folder.path().display().to_string();
    let parsed = Project::parse(folder.path().join(FILE), folder.path(), text);
    parsed.map_err(|error| error.to_string().replace(&format!("{place}/"), ""))
}

#[test]
fn defaults_fill_what_is_not_said() {
    let project = parse("[tool.pyapp]\nentry = \"a.b\"").expect("valid");
    assert_eq!(project.entry, Entry { module: "a.b".into(), function: None });
    assert_eq!(project.optimize, 0);
    assert!(project.snapshot && !project.reproducible && project.snapshot_exclude.is_empty());
    assert_eq!(project.size, Size::Fast);
    assert!(project.libs[0].ends_with("python_libs") && project.libs.len() == 1);
}

#[test]
fn an_entry_may_name_a_function() {
    let project = parse("[tool.pyapp]\nentry = \"a.b:Main.run\"\noptimize = 2").expect("valid");
    assert_eq!(project.entry.text(), "a.b:Main.run");
    assert_eq!(project.optimize, 2);
}

#[test]
fn several_scripts_are_chosen_among() {
    let scripts = "[project]\n[project.scripts]\na = 'x:a'\nb = 'x:b'\n";
    let read = |more: &str| parse(&format!("{scripts}{more}")).expect("valid");
    let project = read("");
    assert_eq!(project.entry.text(), "_pyapp_commands:main");
    assert_eq!(project.commands.map(|commands| (commands.list.len(), commands.default)), Some((2, None)));
    let default = read("[tool.pyapp]\nentry = 'x:c'\n").commands.expect("commands").default.expect("a default");
    assert_eq!(default.text(), "x:c");
    let project = read("[tool.pyapp]\nentry = 'x'\n");
    assert_eq!((project.entry.text(), project.commands), ("x".to_string(), None));
    let project = parse("[project]\n[project.scripts]\na = 'x:a'\n").expect("valid");
    assert_eq!((project.entry.text(), project.commands), ("x:a".to_string(), None));
}

#[test]
fn what_may_be_native_is_named_or_all_that_is_not_taken_from_source() {
    let native = |more: &str| parse(&format!("[tool.pyapp]\nentry = 'a'\n{more}")).expect("valid").native;
    let of = |more: &str| ["numpy", "markupsafe"].map(|name| native(more).has(name));
    assert_eq!(of(""), [false, false]);
    assert_eq!(of("native = false"), [false, false]);
    assert_eq!(of("native = true"), [true, true]);
    assert_eq!(of("native = true\nfrom-source = ['MarkupSafe']"), [true, false]);
    assert_eq!(of("native = ['NumPy']"), [true, false]);
    assert!(native("native = ['numpy']").names("numpy") && !native("native = true").names("numpy"));
}

/// Wrong settings, what is said of them, and the settings as that asks for.
const MISTAKES: [(&str, &str, &str); 18] = [
    (
        "[tool.pyapp]\nentry = 'a'\nreports = ['sboms']",
        ", [tool.pyapp] reports: expected a list of \"licenses\" and \"sbom\", found [\"sboms\"]",
        "[tool.pyapp]\nentry = 'a'\nreports = ['licenses', 'sbom']",
    ),
    ("", ": expected a table [tool.pyapp], found none; add it with an entry", "[tool.pyapp]\nentry = 'a'"),
    (
        "[tool.pyapp]",
        ", [tool.pyapp] entry: expected what to run, found nothing, and no [project.scripts]; add one of them",
        "[tool.pyapp]\nentry = 'a'",
    ),
    (
        "[tool.pyapp]\nentri = 'a'",
        ", [tool.pyapp] entri: expected one of build-on-host, entry, exclude, extras, from-source, groups, keep-source, libs, limits, native, native-wheels, openssl, optimize, permissions, \
         reports, reproducible, size, snapshot, snapshot-exclude, snapshot-include, stdlib, stdlib-include, found an \
         unknown key; correct or remove it",
        "[tool.pyapp]\nentry = 'a'",
    ),
    ("[tool.pyapp]\nentry = 1", ", [tool.pyapp] entry: expected a string, found 1", "[tool.pyapp]\nentry = 'a'"),
    (
        "[tool.pyapp]\nentry = 'a:b:c'",
        ", [tool.pyapp] entry: expected \"pkg.mod\" or \"pkg.mod:function\", found \"a:b:c\"",
        "[tool.pyapp]\nentry = 'pkg.mod:function'",
    ),
    (
        "[tool.pyapp]\nentry = 'a'\noptimize = 3",
        ", [tool.pyapp] optimize: expected 0, 1 or 2, found 3",
        "[tool.pyapp]\nentry = 'a'\noptimize = 2",
    ),
    (
        "[tool.pyapp]\nentry = 'a'\nlibs = ['python_libs', 'nope']",
        ", [tool.pyapp] libs: expected a folder, found none at nope; create or correct it",
        "[tool.pyapp]\nentry = 'a'\nlibs = ['python_libs']",
    ),
    (
        "[tool.pyapp]\nentry = 'a'\nexclude = ['../a']",
        ", [tool.pyapp] exclude: expected a list of paths below libs, found [\"../a\"]",
        "[tool.pyapp]\nentry = 'a'\nexclude = ['a/b.so', 'c/']",
    ),
    (
        "[tool.pyapp]\nentry = 'a'\nfrom-source = ['*']",
        ", [tool.pyapp] from-source: expected a list of names of packages, found [\"*\"]",
        "[tool.pyapp]\nentry = 'a'\nfrom-source = ['Ruamel.yaml']",
    ),
    (
        "[tool.pyapp]\nentry = 'a'\nnative = 'all'",
        ", [tool.pyapp] native: expected true, false or a list of names of packages, found \"all\"",
        "[tool.pyapp]\nentry = 'a'\nnative = ['NumPy']",
    ),
    (
        "[tool.pyapp]\nentry = 'a'\nnative-wheels = ['x']",
        ", [tool.pyapp] native-wheels: expected a folder, found [\"x\"]",
        "[tool.pyapp]\nentry = 'a'\nnative-wheels = 'python_libs'",
    ),
    (
        "[tool.pyapp]\nentry = 'a'\ngroups = ['x']",
        ", [tool.pyapp] groups: expected a [project] with dependencies, and no pylock.toml, found another project; correct \
         the project or remove it",
        "[project]\nname = 'a'\n[tool.pyapp]\nentry = 'a'\ngroups = ['x']",
    ),
    (
        "[project]\n[tool.pyapp]\nentry = 'a'\nextras = 'x'",
        ", [tool.pyapp] extras: expected a list of names, found \"x\"",
        "[project]\n[tool.pyapp]\nentry = 'a'\nextras = ['x']",
    ),
    (
        "[project]\nname = 'a'",
        ", [tool.pyapp] entry: expected what to run, found nothing, and no [project.scripts]; add one of them",
        "[project]\nname = 'a'\n[project.scripts]\na = 'a:main'",
    ),
    (
        "[tool.pyapp]\nentry = 'a'\nsize = 'tiny'",
        ", [tool.pyapp] size: expected \"fast\" or \"small\", found \"tiny\"",
        "[tool.pyapp]\nentry = 'a'\nsize = 'small'",
    ),
    (
        "[tool.pyapp]\nentry = 'a'\nsnapshot = 1",
        ", [tool.pyapp] snapshot: expected true or false, found 1",
        "[tool.pyapp]\nentry = 'a'\nsnapshot = false",
    ),
    (
        "[tool.pyapp]\nentry = 'a'\nsnapshot-exclude = ['a b']",
        ", [tool.pyapp] snapshot-exclude: expected a list of module names, found [\"a b\"]",
        "[tool.pyapp]\nentry = 'a'\nsnapshot-exclude = ['a.b']",
    ),
];

#[test]
fn every_mistake_names_file_and_key_and_can_be_corrected() {
    for (text, message, corrected) in MISTAKES {
        assert_eq!(parse(text).expect_err(text), format!("{FILE}{message}"));
        parse(corrected).unwrap_or_else(|error| panic!("{corrected}: {error}"));
    }
    let error = parse("[tool.pyapp]\nentry = 'a'\nlibs = [1]").expect_err("refused");
    assert_eq!(error, "pyproject.toml, [tool.pyapp] libs: expected a list of folders, found [1]");
    let broken = parse("[tool.pyapp]\nentry = ").expect_err("broken");
    assert!(broken.starts_with("pyproject.toml: line 2: expected TOML"), "{broken}");
}

#[test]
fn what_a_message_leaves_to_choose_works_either_way() {
    // MISTAKES correct the unknown key, and name another folder.
    parse("[tool.pyapp]\nentry = 'a'\nentri = 'a'").expect_err("unknown");
    parse("[tool.pyapp]\nentry = 'a'").expect("removed");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = "[tool.pyapp]\nentry = 'a'\nlibs = ['more']";
    let read = || Project::parse(folder.path().join(FILE), folder.path(), text);
    assert!(read().expect_err("refused").to_string().ends_with("create or correct it"));
    std::fs::create_dir(folder.path().join("more")).expect("created");
    read().expect("created");
}

#[test]
fn a_project_without_settings_is_told_to_write_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let error = Project::read(folder.path()).expect_err("refused").to_string();
    let expected =
        "pyproject.toml: expected the project's settings here, found no file; write [tool.pyapp] with an entry";
    assert!(error.ends_with(expected), "{error}");
    std::fs::write(folder.path().join(FILE), "[tool.pyapp]\nentry = 'a'\n").expect("written");
    std::fs::create_dir(folder.path().join("python_libs")).expect("created");
    Project::read(folder.path()).expect("read");
}
