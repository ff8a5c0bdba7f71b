//! `[tool.pyapp.permissions]`: what the app may reach of the machine that it runs on.

use policy::{Arguments, Permissions, check_connect, check_listen, check_place};

/// The keys of the table, for the message about one that is not among them.
const KEYS: &str = "arguments, connect, cwd, env, listen, read, report-lost-files, write";

/// In place of a list of hosts: all of them.
const ALL: &str = "all";

/// What is wrong with a key: `.key` or nothing for the table itself, and the message.
pub(super) type Mistake = (String, String);

/// Reads the table.
///
/// # Errors
/// [`Mistake`].
pub(super) fn permissions(value: &toml::Value) -> Result<Permissions, Mistake> {
    let table = value.as_table().ok_or_else(|| (String::new(), format!("expected a table, found {value}")))?;
    let mut permissions = Permissions::default();
    for (key, value) in table {
        let fail = |message: String| (format!(".{key}"), message);
        let wrong = |what: &str| fail(format!("expected {what}, found {value}"));
        match key.as_str() {
            "arguments" => {
                permissions.arguments = match value.as_str() {
                    Some("none") => Arguments::None,
                    Some("read") => Arguments::Read,
                    Some("write") => Arguments::Write,
                    _ => return Err(wrong("\"none\", \"read\" or \"write\"")),
                }
            }
            "read" | "write" => {
                let places = super::values::strings(value).ok_or_else(|| wrong("a list of files and folders"))?;
                for place in &places {
                    check_place(place).map_err(|message| fail(format!("{place:?}: {message}")))?;
                }
                *(if key == "read" { &mut permissions.read } else { &mut permissions.write }) = places;
            }
            "connect" => permissions.connect = entries(value, "hosts", check_connect).map_err(fail)?,
            "listen" => permissions.listen = entries(value, "addresses with ports", check_listen).map_err(fail)?,
            "env" => {
                permissions.env = super::values::strings(value)
                    .ok_or_else(|| wrong("a list of names of variables, such as \"LC_*\""))?;
            }
            "cwd" => permissions.cwd = value.as_bool().ok_or_else(|| wrong("true or false"))?,
            "report-lost-files" => {
                permissions.report_lost_files = value.as_bool().ok_or_else(|| wrong("true or false"))?;
            }
            _ => return Err(fail(format!("expected one of {KEYS}, found an unknown key; correct or remove it"))),
        }
    }
    Ok(permissions)
}

/// Entries of the network, or the one word that stands for all.
fn entries(value: &toml::Value, what: &str, check: fn(&str) -> Result<(), String>) -> Result<Vec<String>, String> {
    let all = value.as_str().filter(|word| *word == ALL).map(|word| vec![word.to_string()]);
    let entries = all.or_else(|| super::values::strings(value));
    let entries = entries.ok_or_else(|| format!("expected a list of {what}, or {ALL:?}, found {value}"))?;
    for entry in &entries {
        check(entry).map_err(|message| format!("{entry:?}: {message}"))?;
    }
    Ok(entries)
}

/// What the app may reach beyond what every app may, for the summary of a build.
pub(crate) fn granted(permissions: &Permissions) -> Option<String> {
    let named = if permissions.arguments == Arguments::Write { Some("what arguments name".to_string()) } else { None };
    let written: Vec<String> = permissions.write.iter().cloned().chain(named).collect();
    let verbs = [
        ("read", &permissions.read),
        ("write", &written),
        ("connect to", &of_network(&permissions.connect, "every host")),
        ("listen at", &of_network(&permissions.listen, "every address")),
    ];
    let granted: Vec<String> = verbs
        .iter()
        .filter(|(_, places)| !places.is_empty())
        .map(|(verb, places)| format!("{verb} {}", places.join(", ")))
        .collect();
    if granted.is_empty() { None } else { Some(format!("the app may {}", granted.join(" and "))) }
}

/// Entries of the network, to be told.
fn of_network(entries: &[String], all: &str) -> Vec<String> {
    if entries.iter().any(|entry| entry == ALL) { vec![all.to_string()] } else { entries.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Permissions, Mistake> {
        permissions(&text.parse::<toml::Table>().expect("TOML").into())
    }

    #[test]
    fn a_table_says_what_is_granted() {
        let read = read(
            "arguments = 'write'\nread = ['~/a', '$CWD']\nwrite = ['/b']\nenv = ['LC_*']\ncwd = true\n\
             report-lost-files = false\nconnect = ['a.example:443', '*.b.example']\nlisten = ['127.0.0.1:$PORT']",
        );
        let expected = Permissions {
            arguments: Arguments::Write,
            read: vec!["~/a".into(), "$CWD".into()],
            write: vec!["/b".into()],
            connect: vec!["a.example:443".into(), "*.b.example".into()],
            listen: vec!["127.0.0.1:$PORT".into()],
            env: vec!["LC_*".into()],
            cwd: true,
            report_lost_files: false,
        };
        assert_eq!(read, Ok(expected));
    }

    #[test]
    fn all_hosts_need_no_list() {
        let all = vec!["all".to_string()];
        let expected = Permissions { connect: all.clone(), listen: all, ..Permissions::default() };
        assert_eq!(read("connect = 'all'\nlisten = ['all']"), Ok(expected));
    }

    #[test]
    fn the_summary_says_what_is_granted() {
        let granted = |text: &str| granted(&read(text).expect(text));
        assert_eq!(granted("cwd = true"), None);
        assert_eq!(granted("read = ['~/a', '/b']").as_deref(), Some("the app may read ~/a, /b"));
        let both = granted("arguments = 'write'\nread = ['/b']\nwrite = ['$CWD']");
        assert_eq!(both.as_deref(), Some("the app may read /b and write $CWD, what arguments name"));
        let network = granted("connect = ['a.example', '10.0.0.1']\nlisten = 'all'");
        assert_eq!(network.as_deref(), Some("the app may connect to a.example, 10.0.0.1 and listen at every address"));
    }

    /// A mistake, what is said of it, and the table as that asks for.
    const MISTAKES: [(&str, &str, &str); 11] = [
        (
            "arguments = 'all'",
            ".arguments: expected \"none\", \"read\" or \"write\", found \"all\"",
            "arguments = 'write'",
        ),
        (
            "read = ['data']",
            ".read: \"data\": expected an absolute path or a word such as $CWD; write \"$CWD/data\"",
            "read = ['$CWD/data']",
        ),
        ("write = '/x'", ".write: expected a list of files and folders, found \"/x\"", "write = ['/x']"),
        ("env = true", ".env: expected a list of names of variables, such as \"LC_*\", found true", "env = ['LC_*']"),
        ("cwd = 1", ".cwd: expected true or false, found 1", "cwd = false"),
        ("connect = 'a'", ".connect: expected a list of hosts, or \"all\", found \"a\"", "connect = ['a']"),
        ("connect = [443]", ".connect: expected a list of hosts, or \"all\", found [443]", "connect = 'all'"),
        (
            "connect = ['https://a.example/']",
            ".connect: \"https://a.example/\": expected a host, found a URL; write \"a.example:443\"",
            "connect = ['a.example:443']",
        ),
        (
            "listen = 80",
            ".listen: expected a list of addresses with ports, or \"all\", found 80",
            "listen = ['127.0.0.1:80']",
        ),
        (
            "listen = ['0.0.0.0']",
            ".listen: \"0.0.0.0\": expected an address and a port; write \"0.0.0.0:8080\", or \"0.0.0.0:*\" for any",
            "listen = ['0.0.0.0:8080']",
        ),
        (
            "reed = []",
            ".reed: expected one of arguments, connect, cwd, env, listen, read, report-lost-files, write, found an unknown key; \
             correct or remove it",
            "read = []",
        ),
    ];

    #[test]
    fn every_mistake_names_its_key_and_can_be_corrected() {
        for (text, expected, corrected) in MISTAKES {
            let (key, message) = read(text).expect_err(text);
            assert_eq!(format!("{key}: {message}"), expected);
            read(corrected).expect(corrected);
        }
    }
}
