//! What is installed is compiled and compressed once (crates/pipeline/src/compilation/installed.rs), and comes out as if it were done
//! now.

use super::common::project::App;
use super::hostile::{Place, make};
use super::{lines, may_download, project};
use std::fs;

fn settings(more: &str) -> String {
    format!("[tool.pyapp]\nentry = 'app:main'\nlibs = ['python_libs']\nreproducible = true\n{more}\n")
}

/// What lies below a folder of site-packages.
fn inside(app: &App, folder: &str) -> Vec<String> {
    let archive = app.bundle.archive();
    let folder = format!("{}/{folder}", host::layout::SITE_PACKAGES);
    let paths = (0..archive.count()).map(|id| archive.path(id));
    paths.filter_map(|path| Some(path.strip_prefix(&folder)?.trim_start_matches('/').to_string())).collect()
}

#[test]
fn what_is_installed_is_kept_whole_and_comes_out_as_if_made_now() {
    if !may_download() {
        return;
    }
    let place = Place::new();
    let text = "def main():\n    import pack\n    print(pack.text())\n";
    let project = project(&[
        ("pyproject.toml", &settings("")),
        ("requirements.txt", "./odd-1.0-py3-none-any.whl\n"),
        ("python_libs/app.py", text),
        ("python_libs/data.txt", &"mine ".repeat(1000)),
    ]);
    let code = "wheel({'pack/__init__.py': 'import importlib.resources as r\\ndef text(): return r.files(__name__).joinpath(\"d.txt\").read_text()[:6]', \
                'pack/tests/test_a.py': 'import pack', 'pack/d.txt': 'theirs ' * 1000, 'pack/empty.txt': ''})";
    make(&project, code);
    let build = |place: &Place| place.build(&project, "").unwrap_or_else(|error| panic!("{error}"));
    let first = build(&place);
    assert_eq!(lines(&first, &[]), ["theirs"]);
    assert!(first.summary().contains("kept 1 source: 1 in a folder of tests"), "{}", first.summary());
    let kept = || {
        let entries = fs::read_dir(place.cache()).expect("listed").map(|entry| entry.expect("listed"));
        let own = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
        own.filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.starts_with("installed-") && !name.ends_with(".lock")
        })
        .count()
    };
    assert_eq!(kept(), 1);
    project.write("python_libs/app.py", &text.replace("print(", "print('edited', "));
    let edited = build(&place);
    assert_eq!((lines(&edited, &[]), kept()), (vec!["edited theirs".to_string()], 1));
    assert!(edited.summary().contains("kept 1 source: 1 in a folder of tests"), "{}", edited.summary());
    project.write("python_libs/app.py", text);
    assert!(build(&place).archive == first.archive, "as before the edit");
    // Nothing can be taken from there.
    let left = project.out.path().join("app.archive");
    fs::write(&left, &first.archive[..first.archive.len() / 2]).expect("written");
    assert!(build(&place).archive == first.archive, "after damage");
    let mut damaged = first.archive.clone();
    let end = damaged.len();
    damaged[end - 200_000..].iter_mut().for_each(|byte| *byte ^= 1);
    fs::write(&left, damaged).expect("written");
    assert!(build(&place).archive == first.archive, "after damage inside");
    // What is the same but for its mode is not.
    let script = project.path("python_libs/run.sh");
    fs::write(&script, "echo ".repeat(1000)).expect("written");
    let plain = build(&place);
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("changed");
    let executable = build(&place);
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o644)).expect("changed");
    assert!(build(&place).archive == plain.archive && executable.archive != plain.archive, "after a change of mode");
    fs::remove_file(&script).expect("removed");
    fs::remove_dir_all(project.out.path()).expect("removed");
    fs::create_dir(project.out.path()).expect("made");
    assert!(build(&Place::new()).archive == first.archive, "without anything from before");

    assert_eq!(inside(&first, "pack/tests"), ["", "__pycache__", "test_a.py", "__pycache__/test_a.cpython-313.pyc"]);
    project.write("pyproject.toml", &settings("exclude = ['pack/tests']"));
    assert_eq!(inside(&build(&place), "pack/tests"), [""; 0]);
    project.write("pyproject.toml", &settings("exclude = ['pack/tests']\nkeep-source = ['pack/*.py']"));
    let other = build(&place);
    assert_eq!(inside(&other, "pack/tests"), [""; 0]);
    let sources: Vec<String> = inside(&other, "pack").into_iter().filter(|path| path.ends_with(".py")).collect();
    assert_eq!(sources, ["__init__.py"]);
    assert_eq!(lines(&other, &[]), ["theirs"]);

    // Another one whose files are called the same.
    make(&project, &code.replace("theirs ", "others "));
    project.write("pyproject.toml", &settings(""));
    fs::remove_file(project.path("requirements.lock")).expect("removed");
    assert_eq!(lines(&build(&place), &[]), ["others"]);
}
