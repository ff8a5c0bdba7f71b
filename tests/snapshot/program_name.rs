//! Parsers of arguments that are made at import have the name that the program is started by.

use super::build;
use super::common::dedent;
use super::common::project::settings;

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
