//! Parsers of arguments that are made at import have the name that the program is started by.

use super::build;
use super::common::dedent;
use super::common::project::{files, settings, settings_with};

#[test]
fn a_parser_made_at_import_has_the_name_of_the_program() {
    let source = dedent(
        r#"
        import argparse, optparse
        class Own(argparse.ArgumentParser):
            pass
        parser = argparse.ArgumentParser(description='of %(prog)s', epilog='see %(prog)s')
        parser.add_argument('--version', action='version', version=f'{parser.prog} 1.0')
        parser.add_argument('file')
        commands = parser.add_subparsers()
        run = commands.add_parser('run', aliases=['r'], help='runs')
        deep = run.add_subparsers(title='deeper').add_parser('deep')
        named = commands.add_parser('named', prog='given')
        child = argparse.ArgumentParser(parents=[parser], add_help=False)
        explicit = argparse.ArgumentParser(prog='explicit')
        below_explicit = explicit.add_subparsers().add_parser('below')
        own = Own(usage='%(prog)s OWN')
        group = own.add_argument_group('group')
        old = optparse.OptionParser(version='%prog 2', epilog='of %prog')
        def main():
            for each in parser, run, deep, named, child, explicit, below_explicit, own:
                print(each.prog, vars(each)['prog'], each.format_usage(), sep='\n')
            print(parser.format_help(), commands.add_parser('late').prog, old.get_version(), old.format_help())
            for arguments in ['--version'], ['--wrong'], ['a', 'run', '--wrong']:
                try:
                    parser.parse_args(arguments)
                except SystemExit as end:
                    print(end.code)
        "#,
    );
    let app = build(&settings("app:main"), &[("python_libs/app.py", source)]);
    for (path, name) in [("the-app", "the-app"), ("/opt/tools/with blank", "with blank")] {
        let (status, said) = app.run_with(path, &[], &[]);
        assert_eq!(status, 0, "{said}");
        let usage = format!("{name}\n{name}\nusage: {name} [-h] [--version] file {{run,r,named}} ...\n");
        assert!(said.starts_with(&usage), "{said}");
        assert!(said.contains(&format!("{name} 1.0\n")) && said.contains("usage: explicit below [-h]"), "{said}");
    }
    // The optparse parser asks for the width of the terminal; argparse's are as in any run, and not told.
    let warnings = &app.report.warnings;
    assert!(warnings.iter().all(|line| !line.contains("sys.argv")), "{warnings:?}");
}

#[test]
fn a_parser_made_at_import_is_no_reason_to_warn_but_what_it_parses_is() {
    let app = |line: &str| {
        let source = format!(
            "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--x')\n\
             parser.add_subparsers().add_parser('run')\n{line}\ndef main(): pass\n"
        );
        build(&settings("app:main"), &[("python_libs/app.py", &source)]).report.warnings
    };
    assert_eq!(app(""), Vec::<String>::new());
    for line in [
        "parser.parse_known_args()",
        "parser.format_help()",
        "import sys; sys.argv[0]",
        "import syslog; syslog.openlog()",
    ] {
        assert!(!app(line).is_empty(), "{line}");
    }
}

#[test]
fn what_is_made_of_a_parsers_name_is_told_and_the_advice_helps() {
    let files = files(
        r#"
        === python_libs/app.py
        import argparse, fine, kept, later, logger, other, registry, shown
        def main():
            print(kept.BANNER, later.name(), logger.LOG.name, shown.USAGE.split()[1], shown.PAGES[0][0].text)
            import logging
            print(sorted(name for name in logging.root.manager.loggerDict if 'app' in name))
        === python_libs/fine.py
        import argparse
        PARSER = argparse.ArgumentParser(epilog='of %(prog)s')
        PARSER.add_argument('--version', action='version', version=f'{PARSER.prog} 1.0')
        === python_libs/kept.py
        import argparse
        BANNER = f"{argparse.ArgumentParser().prog} 1.0"
        === python_libs/later.py
        from fine import PARSER
        def name():
            return PARSER.prog
        === python_libs/logger.py
        import logging
        from fine import PARSER
        LOG = logging.getLogger(PARSER.prog)
        === python_libs/other.py
        import logging
        LOG = logging.getLogger(__name__)
        === python_libs/registry.py
        class Page:
            def __init__(self, text): self.text = text
        === python_libs/shown.py
        import fine, registry
        USAGE = fine.PARSER.format_usage()
        PAGES = [(registry.Page(fine.PARSER.prog),)]
        "#,
    );
    let app = build(&settings("app:main"), &files);
    let warnings = &app.report.warnings;
    let expected = [
        "at import, shown makes text with the program's name, reads the environment",
        "at import, each of 2 modules makes text with the program's name: kept, logger",
    ];
    let told: Vec<&String> = warnings.iter().filter(|line| line.starts_with("at import")).collect();
    assert!(told.len() == 2 && expected.iter().all(|line| told.iter().any(|said| said == line)), "{warnings:?}");
    let key = "snapshot-exclude = [\"shown\", \"kept\", \"logger\"]";
    assert!(warnings.last().is_some_and(|line| line.ends_with(&format!("or set [tool.pyapp] {key}"))), "{warnings:?}");
    let app = build(&settings_with("app:main", key), &files);
    assert_eq!(app.report.warnings, Vec::<String>::new());
    let said = "the-app 1.0 the-app the-app the-app the-app\n['the-app']\n";
    assert_eq!(app.run_with("the-app", &[], &[]), (0, said.to_string()));
}

#[test]
fn a_name_that_only_the_system_of_logging_keeps_is_told_of_the_app() {
    let source =
        "import argparse, logging\nlogging.getLogger(argparse.ArgumentParser().prog)\nL = logging.getLogger('x')\n";
    let files = [("python_libs/app.py", "import named\ndef main(): pass\n"), ("python_libs/named.py", source)];
    let warnings = build(&settings("app:main"), &files).report.warnings;
    assert_eq!(warnings[0], "at import, app makes text with the program's name");
    let key = "snapshot-exclude = [\"app\"]";
    assert!(warnings[1].ends_with(key), "{warnings:?}");
    assert_eq!(build(&settings_with("app:main", key), &files).report.warnings, Vec::<String>::new());
}
