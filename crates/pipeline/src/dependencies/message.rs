//! uv's own words, in one line, and what pyapp makes of those that it knows.

use super::interpreter::REFUSED;

/// A package, with its version where uv has told it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Package {
    pub name: String,
    pub version: Option<String>,
}

/// What uv has said, in one line. `from_source` is what is built from source already.
pub(super) fn of(said: &str, from_source: &[String]) -> String {
    if let Some(folder) = said.lines().find_map(|line| Some(line.split_once(REFUSED)?.1)) {
        return refused(folder.trim(), from_source);
    }
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('^'));
    let mut line = String::new();
    // What a build backend has printed follows behind these words; its last line tells most.
    for part in lines().take_while(|line| !matches!(*line, "[stdout]" | "[stderr]")) {
        let between = if line.is_empty() {
            ""
        } else if line.ends_with(':') {
            " "
        } else {
            "; "
        };
        line = line + between + ["error: ", "cause: "].iter().fold(part, cut);
    }
    if said.lines().any(|line| matches!(line.trim(), "[stdout]" | "[stderr]"))
        && let Some(last) = lines().rfind(|line| !line.starts_with("hint: "))
    {
        line = format!("{line}; its last line was: {last}");
    }
    if line.is_empty() {
        "expected uv to say what is wrong, found nothing; build again".into()
    } else {
        format!("uv found: {line}")
    }
}

fn cut<'a>(line: &'a str, start: &&str) -> &'a str {
    line.strip_prefix(start).unwrap_or(line)
}

/// About a build script that the interpreter has not run, which stands in `folder`: of a package in uv's cache, as
/// `sdists-…/INDEX/NAME/VERSION/ID/src`.
fn refused(folder: &str, from_source: &[String]) -> String {
    let parts: Vec<&str> = folder.split('/').collect();
    match parts[..] {
        [.., name, version, _, "src"] => format!(
            "{name} {version}: expected a wheel, found source only, whose build script would run on this machine; allow it with \
             {}, or do without the package",
            setting(name, from_source)
        ),
        _ => format!("expected wheels, found source in {folder}, whose build script pyapp does not run; name a wheel"),
    }
}

/// The setting by which a package is built from source, too.
fn setting(name: &str, from_source: &[String]) -> String {
    let names: Vec<&str> = from_source.iter().map(String::as_str).chain([name]).collect();
    format!("[tool.pyapp] from-source = {names:?}")
}

/// The package for which uv has found nothing but wheels for other platforms, or source.
pub(super) fn without_wheel(said: &str) -> Option<Package> {
    let text = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let (before, _) =
        text.split_once(" has no usable wheels").or_else(|| text.split_once(" has no wheels ")).unwrap_or_default();
    if let Some((name, version)) = before.rsplit(' ').next().and_then(|word| word.split_once("==")) {
        return Some(Package { name: name.to_string(), version: Some(version.to_string()) });
    }
    let (before, rest) = text.split_once("` can't be installed because ")?;
    if !rest.contains("no-build") && !rest.contains("no source distribution") && !rest.contains("wheel") {
        return None;
    }
    let (_, package) = before.rsplit_once('`')?;
    let (name, version) = match package.split_once("==") {
        Some((name, version)) => (name, version.split_whitespace().next().map(str::to_string)),
        None => (package, None),
    };
    Some(Package { name: name.to_string(), version })
}

/// That a package has no wheel that can be used, and the ways out.
pub(super) fn no_wheel(package: &Package, asked_by: Option<&str>, from_source: &[String]) -> String {
    let Package { name, version } = package;
    let version = version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    let asked_by = asked_by.map(|by| format!(" (asked for by {by})")).unwrap_or_default();
    format!(
        "{name}{version}{asked_by}: expected a wheel of Python only (none-any), found only native code, which cannot be \
         loaded here, or source; ask for a version or another package that has one, or, if it is Python when built without a \
         compiler, set {}",
        setting(name, from_source)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_WHEELS: &str = "error: No solution found when resolving dependencies\n  cause: Because numpy==2.5.5 has no \
        usable wheels and you require numpy==2.5.5, we can conclude that your requirements are unsatisfiable.\n\nhint: Wheels \
        are required for `numpy` because building from source is disabled for all packages (i.e., with `--no-build`)\n";
    const NO_BINARY: &str = "error: Package `numpy` can't be installed because it is marked as `--no-build` but has no binary distribution\n";

    #[test]
    fn a_package_without_a_wheel_is_told_from_other_trouble() {
        let package = |version: Option<&str>| Package { name: "numpy".into(), version: version.map(str::to_string) };
        assert_eq!(without_wheel(NO_WHEELS), Some(package(Some("2.5.5"))));
        assert_eq!(without_wheel(NO_BINARY), Some(package(None)));
        assert_eq!(without_wheel("error: Failed to fetch: `x`\n"), None);
        let said = no_wheel(&package(Some("2.5.5")), Some("pandas"), &["a".to_string()]);
        assert!(said.starts_with("numpy 2.5.5 (asked for by pandas): expected a wheel of Python only"), "{said}");
        assert!(said.ends_with("set [tool.pyapp] from-source = [\"a\", \"numpy\"]"), "{said}");
    }

    #[test]
    fn what_uv_says_becomes_one_line() {
        let said = of(
            "error: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided.\n\nhint: To update \
                       the lockfile, run `uv lock`.\n",
            &[],
        );
        let expected = "uv found: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided.; hint: To update \
                        the lockfile, run `uv lock`.";
        assert_eq!(said, expected);
        let said = of(
            "error: Failed to build `x`\n  cause: It failed\n\n  [stdout]\n  a\n\n  [stderr]\n  b\n  c\n\nhint: h\n",
            &[],
        );
        assert_eq!(said, "uv found: Failed to build `x`; It failed; its last line was: c");
        assert_eq!(of("error: Expected:\n  x\n   ^^\n", &[]), "uv found: Expected: x");
        assert!(of("", &[]).ends_with("build again"));
    }

    #[test]
    fn a_build_script_that_was_not_run_is_named_with_its_package() {
        let said = of(
            &format!("error: Failed to build\n  [stderr]\n  {REFUSED}/c/sdists-v11/pypi/docopt/0.6.2/ji8/src\n"),
            &[],
        );
        assert!(said.starts_with("docopt 0.6.2: expected a wheel, found source only"), "{said}");
        let said = of(&format!("{REFUSED}/somewhere/else\n"), &[]);
        assert!(said.starts_with("expected wheels, found source in /somewhere/else"), "{said}");
    }
}
