//! Whose local time a run has: its user's, whatever the build or another run had. (tests/as_natively/local_time.py has what the
//! local time in a zone is.)

mod common;

use bundle::Run;
use common::project::{Project, folder, settings};
use common::{dedent, python, run};
use host::Zones;
use std::fs;
use std::process::Command;

/// Says what a program can know of the zone; takes what it can of it at import.
const PROGRAM: &str = r#"
    import datetime, logging, time
    time.tzset()
    # These keep names of the zone, or the zone itself.
    time.strptime("UTC", "%Z"), datetime.datetime.now().astimezone(), time.localtime(), time.strftime("%Z")
    def main():
        moment = datetime.datetime.fromtimestamp(1720000000)
        print(time.timezone, time.altzone, time.daylight, *time.tzname, moment.hour, moment.astimezone().tzname())
        print(logging.Formatter().formatTime(logging.makeLogRecord({"created": 0, "msecs": 0})),
              time.strptime(time.tzname[1], "%Z").tm_isdst, time.strftime("%Z %z", time.localtime(0)))
    "#;

/// What it says in Berlin.
const BERLIN: &str = "-3600 -7200 1 CET CEST 11 CEST\n1970-01-01 01:00:00,000 1 CET +0100\n";
const UTC: &str = "0 0 0 UTC UTC 9 UTC\n1970-01-01 00:00:00,000 0 UTC +0000\n";

fn app() -> common::project::App {
    let files = [("python_libs/app.py", dedent(PROGRAM))];
    Project::new(&settings("app:main"), &files).build().unwrap_or_else(|error| panic!("{error}"))
}

/// A zone's file with these rules and no changes before.
fn file(rules: &str) -> Vec<u8> {
    let block = |kinds: &[u8]| {
        let mut block = b"TZif2".to_vec();
        block.resize(20, 0);
        // Marks, leap seconds, changes, kinds, bytes of names.
        for count in [0, 0, 0, 0, 1, 4u32] {
            block.extend(count.to_be_bytes());
        }
        [&block, kinds, b"LMT\0"].concat()
    };
    [block(&[0; 6]), block(&[0; 6]), format!("\n{rules}\n").into_bytes()].concat()
}

#[test]
fn each_run_has_the_zone_of_its_own_variable() {
    let app = app();
    let new_york = "18000 14400 1 EST EDT 5 EDT\n1969-12-31 19:00:00,000 1 EST -0500\n";
    let kathmandu = "-20700 -20700 0 +0545 +0545 15 +0545\n1970-01-01 05:30:00,000 0 +0530 +0530\n";
    for (zone, expected) in [
        ("Europe/Berlin", BERLIN),
        ("America/New_York", new_york),
        ("Asia/Kathmandu", kathmandu),
        ("CET-1CEST,M3.5.0,M10.5.0/3", BERLIN),
        ("", UTC),
    ] {
        assert_eq!(app.run_with("the-app", &[], &[("TZ", zone)]), (0, expected.to_string()), "{zone}");
    }
    assert_eq!(app.run(&[]), (0, UTC.to_string()));
}

/// A resumed run puts the names of the zone into the module `time` when it is first asked for one.
#[test]
fn the_module_time_is_as_in_a_cold_start() {
    let program = dedent(
        r#"
        import sys, time
        def starred():
            names = {}
            exec('from time import *', names)
            return names['tzname'], names['altzone']
        def patched():
            import unittest.mock
            with unittest.mock.patch('time.timezone', 5), unittest.mock.patch.object(time, 'tzname', 'ab'):
                inside = time.timezone, time.tzname
            return inside, time.timezone, time.tzname
        def changed():
            import os
            os.environ['TZ'] = 'XYZ-3'
            first = time.tzname, time.localtime(0).tm_zone
            time.tzset()
            return first, time.tzname, time.localtime(0).tm_zone
        def missing():
            try: time.nothing
            except AttributeError as error: return str(error), hasattr(time, '__getattr__'), hasattr(time, '__all__')
        def overwritten():
            time.tzname = 'mine'
            return time.tzname, time.timezone
        def imported():
            from time import daylight, altzone
            return daylight, altzone
        def listed():
            names = {'timezone', 'altzone', 'daylight', 'tzname'}
            return names <= set(dir(time)), names <= set(vars(time))
        def main():
            print(globals()[sys.argv[1]]())
        "#,
    );
    let app = Project::new(&settings("app:main"), &[("python_libs/app.py", program)]).build().expect("built");
    for (case, expected) in [
        ("starred", "(('AAA', 'BBB'), 7200)"),
        ("patched", "((5, 'ab'), 10800, ('AAA', 'BBB'))"),
        ("changed", "((('AAA', 'BBB'), 'AAA'), ('XYZ', 'XYZ'), 'XYZ')"),
        ("missing", "(\"module 'time' has no attribute 'nothing'\", False, False)"),
        ("overwritten", "('mine', 10800)"),
        ("imported", "(1, 7200)"),
        ("listed", "(True, True)"),
    ] {
        let (status, said) = app.run_with("the-app", &[case], &[("TZ", "AAA3BBB,M3.2.0,M11.1.0")]);
        assert_eq!((status, said), (0, format!("{expected}\n")), "{case}");
    }
}

#[test]
fn without_the_variable_it_is_the_zone_of_the_machine() {
    let app = app();
    let root = folder();
    fs::create_dir(root.path().join("etc")).expect("created");
    let berlin = file("CET-1CEST,M3.5.0,M10.5.0/3");
    let damaged = [&berlin[..44], &[0xff; 90]].concat();
    let cases = [
        (Some(&berlin), BERLIN),
        (Some(&damaged), UTC),
        (Some(&berlin[..berlin.len() / 2].to_vec()), UTC),
        (Some(&b"Europe/Berlin\n".to_vec()), UTC),
        (None, UTC),
    ]
    .map(|(bytes, expected)| (bytes.cloned(), expected));
    for (bytes, expected) in cases {
        let own = root.path().join("etc/localtime");
        match &bytes {
            Some(bytes) => fs::write(&own, bytes).expect("written"),
            None => fs::remove_file(&own).expect("removed"),
        }
        for run in [Run::Resumed, Run::Cold] {
            let said = app.run_given(run, |context| context.argument("app").zones(Zones::below(root.path())));
            assert_eq!(said, (0, expected.to_string()), "{run:?} {bytes:?}");
        }
    }
}

#[test]
fn zones_of_the_machine_come_before_those_of_the_archive() {
    let app = app();
    let root = folder();
    let zones = root.path().join("usr/share/zoneinfo/Asia");
    fs::create_dir_all(&zones).expect("created");
    // One of another edition, one that only the machine has, and one that is damaged.
    fs::write(zones.join("Kathmandu"), file("CET-1CEST,M3.5.0,M10.5.0/3")).expect("written");
    fs::write(zones.join("New"), file("CET-1CEST,M3.5.0,M10.5.0/3")).expect("written");
    fs::write(zones.join("Tokyo"), b"TZif").expect("written");
    let tokyo = "-32400 -32400 0 JST JST 18 JST\n1970-01-01 09:00:00,000 0 JST +0900\n";
    let cases = [("Asia/Kathmandu", BERLIN), ("Asia/New", BERLIN), (":Asia/New", BERLIN), ("Asia/Tokyo", tokyo)];
    for (zone, expected) in cases {
        let given = app.run_given(Run::Resumed, |context| {
            context.argument("app").zones(Zones::below(root.path())).variable("TZ", zone)
        });
        assert_eq!(given, (0, expected.to_string()), "{zone}");
    }
}

#[test]
fn the_executable_has_the_time_of_its_user() {
    let moment = "1720000000";
    for zone in [None, Some("Europe/Berlin"), Some("America/New_York"), Some("XYZ-3:30"), Some("")] {
        let mut date = Command::new("date");
        date.args(["-d", &format!("@{moment}"), "+%F %T %Z %z"]);
        let code = format!("import time; print(time.strftime('%F %T %Z %z', time.localtime({moment})))");
        let mut ours = python(&["-c", &code]);
        for command in [&mut date, &mut ours] {
            command.env_remove("TZ").envs(zone.map(|zone| ("TZ", zone)));
        }
        assert_eq!(run(ours), run(date), "{zone:?}");
    }
}

/// A zone's file may be anything, as an app can write one.
#[test]
fn no_file_and_no_rules_end_the_interpreter() {
    let program = dedent(
        r#"
        import os, random, time
        random.seed(7)
        folder = '/vfs/usr/local/lib/python3.13/tzdata/zoneinfo/'
        known = [open(folder + name, 'rb').read() for name in ('Europe/Berlin', 'Asia/Kolkata', 'UTC', 'Africa/Casablanca')]
        rules = ['EST5EDT,M3.2.0/2,M11.1.0', '<-03>3<-02>,M3.5.0/-2,M10.5.0/-1', 'CET-1CEST,J60/3,300/999999999999']
        def use(zone):
            os.environ['TZ'] = zone
            time.tzset()
            for instant in (0, -2**40, 2**40, random.randrange(-2**63, 2**63)):
                try:
                    time.mktime(time.localtime(instant)[:8] + (random.randrange(-1, 2),))
                except (OSError, OverflowError):
                    pass
        for _ in range(3000):
            data = bytearray(random.choice(known))
            for _ in range(random.randrange(6)):
                data[random.randrange(min(len(data), random.choice((60, 120, 10**6))))] = random.choice((0, 1, 2, 127, 255))
            with open('/tmp/zone', 'wb') as file:
                file.write(data[:random.choice((None, random.randrange(len(data))))])
            use('/tmp/zone')
            text = list(random.choice(rules))
            for _ in range(random.randrange(4)):
                text[random.randrange(len(text))] = random.choice('<>+-,./:09AMJ ')
            use(''.join(text))
        for path in ('/tmp', '/dev/null', '/dev/zero', '/dev/full', '/dev/pyapp/zone', '/' * 9999, 'a' * 99999, 'Europe', '..'):
            use(path)
        print('done')
        "#,
    );
    let run = run(python(&["-c", program]));
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "done\n", ""));
}
