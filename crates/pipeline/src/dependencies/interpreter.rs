//! The interpreter that is none: what uv takes for the Python that it resolves and installs for.
//!
//! uv knows no platform like ours, but it asks an interpreter what it is and believes the answer. So it is given a script that
//! answers with the markers of our CPython, as `platform` and `sys` tell them in the guest, and with a system for which there
//! are no wheels: what fits it is `none-any`, Python only. Whatever else it is asked to run is a build backend (PEP 517). That
//! runs inside the guest (`backend.rs`); under the python3 of this machine only where a variable says so (`uv.rs`).
//!
//! uv remembers an answer by the script's path and time, so the script lies in a folder that is named by its contents.

use super::backend;
use crate::context::Build;
use crate::error::{Doing, Result};
use crate::hash::Key;
use crate::programs::make_executable;
use crate::runtime::minor;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// A folder in which calls are heard: `backend.rs`.
pub(super) const CALLS_IN: &str = "PYAPP_CALLS_IN";
/// The path of a python3 of this machine.
pub(super) const HOST: &str = "PYAPP_HOST_PYTHON";
/// Where this machine's programs are. (uv puts those of its environments in front of them.)
pub(super) const PATH: &str = "PYAPP_PATH";

/// The script, without its answer. `$exe`, `$root` and `$base` are filled in by the shell, as JSON has them. A substitution loses the
/// line ends behind it, which a path may end with; so each path has something behind it until it is there.
const SCRIPT: &str = r#"#!/bin/sh
# Tells uv about pyapp's CPython, and has build backends run in it: crates/pipeline/src/dependencies/interpreter.rs.
PATH=${@PATH@:-/usr/bin:/bin}
file=$(readlink -f "$0")
base=$(CDPATH= cd "${file%/*}/.." && pwd -P && echo .)
base=${base%??}
root=$(CDPATH= cd "${0%/*}/.." && pwd && echo .)
root=${root%??}
# An environment of uv's, in which it builds, is known by this file.
[ -f "$root/pyvenv.cfg" ] || root=$base
case "$*" in
*get_interpreter_info*)
    json() { printf '%s.' "$1" | sed -e ':all' -e '$!{N;b all' -e '}' -e 's/[\\"]/\\&/g;s/\t/\\t/g;s/\n/\\n/g;s/\.$//'; echo .; }
    exe=$(json "$0") base=$(json "$base") root=$(json "$root")
    exe=${exe%?} base=${base%?} root=${root%?}
    cat <<END
@ANSWER@
END
    exit ;;
esac
here=$(pwd -P && echo .)
here=${here%??}
if ! [ -p "$@CALLS_IN@/@CALLS@" ]; then
    echo "no build of pyapp's hears calls in $@CALLS_IN@" >&2
    exit 1
fi
call=$(mktemp -d "$@CALLS_IN@/@CALL@XXXXXXXX") && mkfifo "$call/@STATUS@" || exit 1
# Open before the call is told, so that what comes back finds a reader.
exec 3<>"$call/@STATUS@"
printf '%s\0' "$@" > "$call/@ARGUMENTS@"
printf '%s\n' "$here" > "$call/@FOLDER@"
printf '%s\n' "$root" > "$call/@ENVIRONMENT@"
printf '%s\n' "${call##*/}" > "$@CALLS_IN@/@CALLS@"
read -r status <&3
if [ "$status" = @ON_HOST@ ]; then
    export PYTHONPATH="$root/@PACKAGES@" PYTHONDONTWRITEBYTECODE=1
    exec "$@HOST@" "$@"
fi
cat "$call/@SAID@" >&2
exit "$status"
"#;

/// What our CPython says of itself, by the names of PEP 508. A test asks the guest.
///
/// # Errors
/// [`Error::Runtime`](crate::Error::Runtime) if `version` is not of the form `major.minor.micro`.
pub fn markers(version: &str) -> Result<Value> {
    Ok(json!({
        "implementation_name": "cpython",
        "implementation_version": version,
        "os_name": "posix",
        "platform_machine": "wasm32",
        "platform_python_implementation": "CPython",
        "platform_release": "0.0.0",
        "platform_system": "wasi",
        "platform_version": "0.0.0",
        "python_full_version": version,
        "python_version": minor(version)?,
        "sys_platform": "wasi",
    }))
}

/// The platform that uv takes us for, in the name of a wheel: what [`answer`] says.
pub(super) const PLATFORM: &str = "haiku_0_wasm32";

/// All that uv asks for, in its own words; of this very version of uv.
fn answer(version: &str) -> Result<Value> {
    let minor = minor(version)?;
    let packages = packages(version)?;
    let below_root = format!("$root/{packages}");
    Ok(json!({
        "result": "success",
        "markers": markers(version)?,
        "sys_base_prefix": "$base",
        "sys_base_exec_prefix": "$base",
        "sys_prefix": "$root",
        "sys_base_executable": format!("$base/{}", executable(minor)),
        "sys_executable": "$exe",
        "sys_path": [format!("$root/lib/python{minor}"), below_root],
        "site_packages": [below_root],
        "stdlib": format!("$base/lib/python{minor}"),
        "extension_suffixes": [],
        "standalone": false,
        "scheme": {
            "platlib": below_root,
            "purelib": below_root,
            "include": format!("$root/include/python{minor}"),
            "scripts": "$root/bin",
            "data": "$root",
        },
        "virtualenv": {
            "purelib": packages,
            "platlib": packages,
            "include": format!("include/site/python{minor}"),
            "scripts": "bin",
            "data": "",
        },
        // Of those that uv knows, one without wheels.
        "os": { "name": "haiku", "release": "0" },
        "arch": "wasm32",
        "cpu_info": { "unsupported_architecture": "wasm32" },
        "manylinux_compatible": false,
        "gil_disabled": false,
        "debug_enabled": false,
        "pointer_size": "32",
    }))
}

fn executable(minor: &str) -> String {
    format!("bin/python{minor}")
}

/// Where an environment keeps what is installed in it, relative to it.
///
/// # Errors
/// [`Error::Runtime`](crate::Error::Runtime) if `version` is not of the form `major.minor.micro`.
pub(super) fn packages(version: &str) -> Result<String> {
    Ok(format!("lib/python{}/site-packages", minor(version)?))
}

/// The whole script.
fn script(version: &str) -> Result<String> {
    let answer = format!("{:#}", answer(version)?);
    let words = [
        ("@ANSWER@", answer.as_str()),
        ("@PACKAGES@", &packages(version)?),
        ("@HOST@", HOST),
        ("@ON_HOST@", backend::ON_HOST),
        ("@PATH@", PATH),
        ("@CALLS_IN@", CALLS_IN),
        ("@CALLS@", backend::CALLS),
        ("@CALL@", backend::CALL),
        ("@STATUS@", backend::STATUS),
        ("@ARGUMENTS@", backend::ARGUMENTS),
        ("@FOLDER@", backend::FOLDER),
        ("@ENVIRONMENT@", backend::ENVIRONMENT),
        ("@SAID@", backend::SAID),
    ];
    Ok(words.iter().fold(SCRIPT.to_string(), |text, (word, is)| text.replace(word, is)))
}

/// The interpreter, in the cache.
pub(super) struct Interpreter {
    /// The script.
    pub path: PathBuf,
    /// What it depends on.
    pub key: Key,
}

impl Build {
    /// Finds or writes the interpreter for a CPython of this version.
    ///
    /// # Errors
    /// [`Error::Runtime`](crate::Error::Runtime), [`Error::Io`](crate::Error::Io).
    pub(super) fn interpreter(&self, version: &str) -> Result<Interpreter> {
        let script = script(version)?;
        let key = Key::new().part("script", &script);
        let name = executable(minor(version)?);
        let folder = self.cache().folder("interpreter", key.clone(), |folder| {
            let path = folder.join(&name);
            make_executable(&path, &script)?;
            let packages = folder.join(packages(version)?);
            fs::create_dir_all(&packages).doing("create", &packages)
        })?;
        Ok(Interpreter { path: folder.join(name), key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::test_build::TestBuild;
    use crate::settings::Settings;
    use std::path::Path;
    use std::process::Command;

    #[test]
    fn wheels_are_named_for_what_uv_takes_us_for() {
        let answer = answer("3.13.5").expect("a version");
        let word = |value: &Value| value.as_str().expect("a text").to_string();
        let (os, arch) = (&answer["os"], &answer["arch"]);
        assert_eq!(format!("{}_{}_{}", word(&os["name"]), word(&os["release"]), word(arch)), PLATFORM);
    }

    #[test]
    fn it_answers_with_paths_of_where_it_is_and_of_an_environment_that_links_to_it() {
        for name in ["cache", " it's \"odd\" $(touch x) `touch x` $HOME \\ \t;\n* ", "line\n"] {
            answers_below(name);
        }
    }

    fn answers_below(name: &str) {
        let test = TestBuild::new();
        let settings = Settings { cache: test.path(name), ..test.settings() };
        let build = Build::open(&settings).expect("opened");
        let interpreter = build.interpreter("3.13.5").expect("written");
        let answer = |program: &Path| {
            let output = Command::new(program).args(["-m", "get_interpreter_info"]).output().expect("started");
            serde_json::from_slice::<Value>(&output.stdout).expect("JSON")
        };
        let said = answer(&interpreter.path);
        let base = fs::canonicalize(interpreter.path.with_file_name("..")).expect("there").display().to_string();
        assert_eq!(said["markers"], markers("3.13.5").expect("a version"));
        assert_eq!((&said["sys_prefix"], &said["sys_base_prefix"]), (&json!(base), &json!(base)));
        assert_eq!(said["sys_executable"], json!(interpreter.path));
        let environment = test.path(name).join(name);
        fs::create_dir_all(environment.join("bin")).expect("created");
        fs::write(environment.join("pyvenv.cfg"), "").expect("written");
        let link = environment.join("bin/python");
        std::os::unix::fs::symlink(&interpreter.path, &link).expect("linked");
        let said = answer(&link);
        assert_eq!((&said["sys_prefix"], &said["sys_base_prefix"]), (&json!(environment), &json!(base)));
    }

    /// What stands in for a build: it hears one call, and gives this answer.
    fn answered(interpreter: &Path, folder: &Path, answer: &str) -> (bool, String) {
        let calls = folder.join("calls in");
        fs::create_dir(&calls).expect("created");
        let pipe = calls.join(backend::CALLS);
        assert!(Command::new("mkfifo").arg(&pipe).status().expect("started").success());
        let mut script = Command::new(interpreter);
        script.args(["-c", "ho ok"]).env(HOST, "/bin/echo").env(CALLS_IN, &calls).env("PATH", "/nowhere");
        script.current_dir(folder).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let child = script.spawn().expect("started");
        let call = calls.join(fs::read_to_string(&pipe).expect("told").trim_end());
        let read = |name: &str| fs::read_to_string(call.join(name)).expect("there");
        assert_eq!(read(backend::ARGUMENTS), "-c\0ho ok\0");
        let real = fs::canonicalize(folder).expect("there");
        assert_eq!(read(backend::FOLDER), format!("{}\n", real.display()));
        fs::write(call.join(backend::SAID), "said\n").expect("written");
        fs::write(call.join(backend::STATUS), format!("{answer}\n")).expect("answered");
        let output = child.wait_with_output().expect("ended");
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(text).expect("UTF-8"))
    }

    #[test]
    fn it_hands_calls_over_and_does_as_it_is_told() {
        let test = TestBuild::new();
        let interpreter = test.open().interpreter("3.13.5").expect("written").path;
        for (answer, expected) in
            [("0", (true, "said\n")), ("3", (false, "said\n")), (backend::ON_HOST, (true, "-c ho ok\n"))]
        {
            let folder = tempfile::tempdir().expect("a folder");
            let (succeeded, said) = answered(&interpreter, folder.path(), answer);
            assert_eq!((succeeded, said.as_str()), expected, "{answer}");
        }
        // Nobody hears it.
        let mut command = Command::new(&interpreter);
        let output = command.args(["-c", "hook"]).env(CALLS_IN, "/nowhere").output().expect("started");
        assert!(!output.status.success());
    }

    #[test]
    fn a_version_is_cut_behind_its_second_number() {
        assert_eq!(minor("3.13.5").ok(), Some("3.13"));
        assert!(minor("3.13").expect_err("refused").to_string().ends_with("as major.minor.micro, found 3.13"));
    }
}
