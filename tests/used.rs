//! `stdlib = "used"`: an app that has only what it reaches of the standard library does what it did with all of it.

mod common;

use common::project::{App, Project, files, settings_with};

/// Work that comes to modules in ways that no import statement shows: through C code, by texts, by names of encodings.
const APP: &str = r#"
    === python_libs/app.py
    import array, asyncio, datetime, decimal, importlib.resources, json, shelve, logging.config, pickle, re, sqlite3, sysconfig, sys, time
    import xml.dom, xml.etree.ElementTree as ElementTree, xml.sax, zoneinfo
    import concurrent.futures, copy, traceback, warnings
    def attempt(action):
        try:
            return action()
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    class Generic[T]:
        pass
    type Alias = list[int]
    NO_MODULES = "*", "unittest*", "", "."
    def main():
        tree = ElementTree.fromstring("<a><b c='1'/></a>")
        connection = sqlite3.connect(":memory:")
        connection.execute("create table t (x)")
        for action in (
            lambda: datetime.datetime.strptime("2024-02-29", "%Y-%m-%d"),
            lambda: time.strptime("12", "%M").tm_min,
            lambda: pickle.loads(pickle.dumps([array.array("i", [1]), decimal.Decimal(2), datetime.date(1, 2, 3)])),
            lambda: format(decimal.Decimal(1), "xyz"),
            lambda: str(10 ** 4000)[:9] + str(len(str(7 ** 4000))),
            lambda: re.sub("(a)", r"\1\g<1>", "bab"),
            lambda: json.loads("{"),
            lambda: copy.deepcopy(tree).find("./b[@c]").attrib,
            lambda: list(connection.iterdump()),
            lambda: datetime.datetime(2024, 7, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")).isoformat(),
            lambda: "ä".encode("cp1252") + "ß".encode("punycode") + "日".encode("shift_jis") + "é".encode("idna"),
            lambda: asyncio.run(asyncio.sleep(0, "slept")),
            lambda: logging.config.dictConfig({"version": 1, "handlers": {"h": {"class": "logging.handlers.MemoryHandler", "capacity": 9}}}),
            lambda: xml.sax.parseString(b"<a/>", xml.sax.ContentHandler()),
            lambda: xml.dom.getDOMImplementation("minidom").createDocument(None, "a", None).toxml(),
            lambda: (sysconfig.get_config_var("Py_DEBUG"), sysconfig.get_paths()["stdlib"]),
            lambda: importlib.resources.files("email").joinpath("__init__.pyc").is_file(),
            lambda: concurrent.futures.ThreadPoolExecutor.__name__,
            lambda: (Generic[int], Alias.__value__),
            lambda: warnings.warn("told", ResourceWarning),
            lambda: __import__("html").unescape("&eacute;"),
            lambda: type(shelve.open("/tmp/kept", "c")).__name__,
            lambda: [importlib.import_module(name).__name__ for name in ("colorsys", "html.entities")],
        ):
            print(attempt(action))
        connection.close()
        sys.stdout.flush()
        warnings.simplefilter("always")
        warnings.warn("shown", ResourceWarning)
        1 / 0
    "#;

fn build(more: &str, app: &str) -> Result<(Project, App), String> {
    let settings = settings_with("app:main", more);
    let project = Project::new(&settings, &files(app));
    project.build().map(|app| (project, app))
}

/// The names of what was left out.
fn left_out(app: &App) -> Vec<String> {
    let archive = app.bundle.archive();
    let list = archive.read(archive.find("left-out.txt").expect("a list")).expect("whole");
    String::from_utf8(list.to_vec()).expect("UTF-8").lines().map(str::to_string).collect()
}

#[test]
fn what_is_left_out_is_not_missed() {
    let (_all, all) = build("", APP).unwrap_or_else(|error| panic!("{error}"));
    let (_used, used) = build("stdlib = 'used'", APP).unwrap_or_else(|error| panic!("{error}"));
    let (status, said) = used.run(&[]);
    assert_eq!((status, &said), (1, &all.run(&[]).1));
    assert!(said.contains("2024-07-01T00:00:00+02:00\n"), "{said}");
    assert!(!said.contains("ImportError") && !said.contains("ModuleNotFound") && !said.contains("no dbm"), "{said}");
    let left = left_out(&used);
    for name in ["tkinter", "turtledemo.bytedesign", "pydoc_data.topics", "unittest.mock", "_pyrepl.main", "wsgiref"] {
        assert!(left.iter().any(|other| other == name), "{name} is there");
    }
    let find = |app: &App, path: &str| app.bundle.archive().find(&format!("usr/local/lib/python3.13/{path}")).is_some();
    assert!(find(&all, "tkinter/__init__.pyc") && !find(&used, "tkinter/__init__.pyc") && !find(&used, "tkinter"));
    let is_there = |name: &str| {
        let path = name.replace('.', "/");
        find(&used, &format!("{path}.pyc")) || find(&used, &format!("{path}/__init__.pyc"))
    };
    assert!(!left.iter().any(|name| is_there(name)), "{left:?}");
    let (_small, small) =
        build("stdlib = 'used'\nsnapshot = false\nsize = 'small'", APP).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(small.run_as(bundle::Run::Cold, &[]), (1, said));
    assert!(small.archive.len() < used.archive.len());
    assert!(used.archive.len() + 1_000_000 < all.archive.len());
    let told = format!("left out {} modules of the standard library", left.len());
    assert!(used.summary().contains(&told), "{}", used.summary());
}

#[test]
fn a_module_that_is_missed_is_named_with_the_way_to_keep_it() {
    const MADE_UP: &str = r#"
        === python_libs/app.py
        import importlib.util, sys
        class Stub:
            @staticmethod
            def find_spec(name, path, target=None):
                return importlib.util.spec_from_loader(name, Stub) if name == "tkinter" else None
            create_module = staticmethod(lambda spec: None)
            exec_module = staticmethod(lambda module: None)
        def main():
            sys.meta_path.append(Stub)
            print(__import__("tkinter").__name__)
            name = "".join(reversed(sys.argv[1]))
            print(importlib.util.find_spec(name) is not None)
            try: __import__("no_such_module")
            except ImportError as error: print(error)
            print(__import__(name).__name__)
        "#;
    let (_project, app) = build("stdlib = 'used'", MADE_UP).unwrap_or_else(|error| panic!("{error}"));
    let (status, said) = app.run(&["eltrut"]);
    let expected = "ModuleNotFoundError: No module named 'turtle': the build left it out of the standard library, as nothing seemed \
                    to import it; set [tool.pyapp] stdlib-include = ['turtle']\n";
    assert!(
        said.starts_with("tkinter\nFalse\nNo module named 'no_such_module'\n") && said.ends_with(expected),
        "{said}"
    );
    assert_eq!(status, 1);
    let kept = build("stdlib = 'used'\nstdlib-include = ['colorsys', 'xml']", MADE_UP);
    let (_project, app) = kept.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(app.run(&["sysroloc"]), (0, "tkinter\nTrue\nNo module named 'no_such_module'\ncolorsys\n".to_string()));
    let left = left_out(&app);
    assert!(!left.iter().any(|name| name == "colorsys" || name.starts_with("xml.")), "{left:?}");
    let error = build("stdlib = 'used'\nstdlib-include = ['colorsys', 'colors']", MADE_UP).err().expect("refused");
    assert_eq!(
        error,
        "pyproject.toml, [tool.pyapp] stdlib-include: expected modules of the standard library, found \"colors\", which is none \
         here; correct or remove it"
    );
}

#[test]
fn a_module_of_the_standard_library_can_start() {
    let settings = "[tool.pyapp]\nentry = 'json.tool'\nstdlib = 'used'\n";
    let app = Project::new(settings, &[]).build().unwrap_or_else(|error| panic!("{error}"));
    let (status, said) = app.run(&["--help"]);
    assert!(status == 0 && said.contains("usage: "), "{said}");
}
