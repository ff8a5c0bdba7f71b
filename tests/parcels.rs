//! Modules that have not changed: builds take what earlier builds have compiled (crates/pipeline/src/compilation/known.rs).

mod common;

use common::project::{App, Project, settings};

/// From a number of modules on, builds take what earlier builds have compiled.
#[test]
fn modules_that_have_not_changed_are_as_if_compiled_now() {
    let files: Vec<(String, String)> = (0..40)
        .map(|number| {
            let text =
                format!("WORDS = {{'a', 'b', 'c'}}\nclass C{number}:\n    class D: pass\ndef f(): return {number}\n");
            (format!("python_libs/many/m{number}.py"), text)
        })
        .collect();
    let main = "from many import m3\ndef main(): print(m3.f())\n";
    let project = Project::new(&settings("app:main"), &[("python_libs/app.py", main)]);
    // So few that each is compiled by itself.
    files[..10].iter().for_each(|(name, text)| project.write(name, text));
    let few = project.build().expect("built");
    files.iter().for_each(|(name, text)| project.write(name, text));
    let all = project.build().expect("built");
    let bytecode = |app: &App, number: usize| {
        let path = format!("{}/many/m{number}.pyc", host::layout::SITE_PACKAGES);
        let archive = app.bundle.archive();
        archive.read(archive.find(&path).expect("there")).expect("whole").into_owned()
    };
    for number in 0..10 {
        assert_eq!(bytecode(&few, number), bytecode(&all, number), "{number}");
    }
    project.write("python_libs/many/m3.py", "def f(): return 'edited'\n");
    let edited = project.build().expect("built");
    assert_eq!(edited.run(&[]), (0, "edited\n".to_string()));
    project.write("python_libs/many/m3.py", "def f(): return (\n");
    let error = project.build().err().expect("refused");
    assert!(error.contains("\npython_libs/many/m3.py:1: SyntaxError: '(' was never closed"), "{error}");
    project.write("python_libs/many/m3.py", &files[3].1);
    assert!(project.build().expect("built").archive == all.archive);
}
