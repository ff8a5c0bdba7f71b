//! Programs that print the same here as under native CPython: `tests/as_natively/*.txt` is what that prints (`record.py`).

mod common;

use bundle::Run;
use common::project::Project;
use common::{python, run};

/// Runs the program as `python3 -c`, with the environment that the expected output was recorded with.
fn prints(program: &str) -> String {
    let mut command = python(&["-c", program]);
    command.envs([("LC_ALL", "C.UTF-8"), ("TZ", "UTC"), ("PYTHONHASHSEED", "7")]);
    let run = run(command);
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    run.stdout
}

/// Line by line, so that a difference can be read.
fn same(printed: &str, expected: &str) {
    for (line, expected) in printed.lines().zip(expected.lines()) {
        assert_eq!(line, expected);
    }
    assert_eq!(printed, expected);
}

macro_rules! programs {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            let expected = include_str!(concat!("as_natively/", stringify!($name), ".txt"));
            same(&prints(include_str!(concat!("as_natively/", stringify!($name), ".py"))), expected);
        }
    )*};
}

programs! {
    asyncio_fallbacks ctypes_data encodings errors hashes local_time locales mappings module_names
    multiprocessing_sharing random_sequences readline_history sqlite ssl_settings strftime subinterpreters
    terminals threads
}

/// A run that is granted no zones of the machine, as on one that has none, takes those of the archive.
#[test]
fn local_time_by_the_zones_of_the_archive() {
    let settings = "[tool.pyapp]\nentry = \"local_time\"\n";
    let program = include_str!("as_natively/local_time.py");
    let app = Project::new(settings, &[("python_libs/local_time.py", program)]).build().expect("built");
    let (status, printed) = app.run(&[]);
    same(&printed, include_str!("as_natively/local_time.txt"));
    assert_eq!(status, 0);
}

/// The program above has an interpreter without OpenSSL; as an app that names `ssl` it has one with it.
#[test]
fn ssl_settings_with_openssl() {
    let settings = "[tool.pyapp]\nentry = \"ssl_settings\"\n";
    let program = include_str!("as_natively/ssl_settings.py");
    let app = Project::new(settings, &[("python_libs/ssl_settings.py", program)]).build().expect("built");
    let (status, printed) = app.run(&[]);
    same(&printed, include_str!("as_natively/ssl_settings.txt"));
    assert_eq!(status, 0);
}

#[test]
fn an_app_has_utf8_for_its_encoding() {
    let source = "import locale, sys\n\
                  def main():\n    \
                      print(locale.getencoding(), locale.getlocale(), sys.getfilesystemencoding(), open(0).encoding)\n";
    let settings = "[tool.pyapp]\nentry = \"app:main\"\n";
    let app = Project::new(settings, &[("python_libs/app.py", source)]).build().expect("built");
    for run in [Run::Cold, Run::Resumed] {
        assert_eq!(app.run_as(run, &[]), (0, "utf-8 ('C', 'UTF-8') utf-8 utf-8\n".to_string()), "{run:?}");
    }
}

/// A user's locale that is not installed is refused, as on such a machine, and costs nothing else.
#[test]
fn a_locale_that_is_not_installed_keeps_utf8_and_the_standard_library_working() {
    let source = "import locale, time\n\
                  def main():\n    \
                      print(locale.getlocale(), locale.getencoding(), open(0).encoding, time.strptime('Mon', '%a').tm_wday)\n    \
                      try: locale.setlocale(locale.LC_ALL, '')\n    \
                      except locale.Error as error: print(error)\n    \
                      print(locale.getlocale(), time.strptime('Mon', '%a').tm_wday)\n";
    let expected = "('C', 'UTF-8') utf-8 utf-8 0\nunsupported locale setting\n('C', 'UTF-8') 0\n";
    let settings = "[tool.pyapp]\nentry = \"app:main\"\n";
    let app = Project::new(settings, &[("python_libs/app.py", source)]).build().expect("built");
    for variable in ["LANG", "LC_CTYPE", "LC_ALL"] {
        assert_eq!(app.run_with("app", &[], &[(variable, "en_DE")]), (0, expected.to_string()), "{variable}");
        let mut command = python(&["-c", &format!("{source}main()")]);
        command.env_remove("LANG").env_remove("LC_ALL").env(variable, "en_DE");
        let run = run(command);
        assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (Some(0), expected, ""), "{variable}");
    }
}
