//! uv's own words, in one line, and what pyapp makes of those that it knows.

/// A package, with its version where uv has told it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Package {
    pub name: String,
    pub version: Option<String>,
}

/// What uv has said, in one line. The backends of `on_host` ran on this machine.
pub(super) fn of(said: &str, on_host: &[String]) -> String {
    // What a build backend has printed stands in front of uv's words, or behind them; its last line tells most.
    let (before, words) = said.split_at(said.rfind("\nerror: ").map_or(0, |at| at + 1));
    let is_heading = |line: &&str| matches!(*line, "[stdout]" | "[stderr]");
    let mut line = String::new();
    for part in lines(words).take_while(|line| !is_heading(line)).filter(|line| !line.starts_with(NOISE)) {
        let between = if line.is_empty() {
            ""
        } else if line.ends_with(':') {
            " "
        } else {
            "; "
        };
        line = line + between + ["error: ", "cause: "].iter().fold(part, cut);
    }
    let printed = lines(before).chain(lines(words).skip_while(|line| !is_heading(line)));
    if let Some(last) =
        printed.filter(|line| !line.starts_with("hint: ") && *line != PACKING && !is_heading(line)).last()
    {
        line = format!("{line}; its last line was: {}", last.chars().take(MOST_OF_LAST).collect::<String>());
    }
    line += advice(words);
    if let Some(name) = not_built(said).filter(|name| !on_host.iter().any(|on_host| on_host == name)) {
        let names: Vec<&str> = on_host.iter().map(String::as_str).chain([name]).collect();
        line += &format!(
            "; it was built inside the sandbox, where there is no compiler, no other program and no network: do without it, or, \
             if you trust it, let it run on this machine with [tool.pyapp] build-on-host = {names:?}"
        );
    }
    if line.is_empty() {
        return "expected uv to say what is wrong, found nothing; build again".into();
    }
    // What others have written must not do anything to a terminal.
    let line = line.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    format!("uv found: {}", line.collect::<String>())
}

/// What to do about a distribution that is not as it must be.
fn advice(words: &str) -> &'static str {
    let has = |text: &str| words.contains(text);
    if has("Hash mismatch") {
        "; this is another file than the one that was locked: find out why, then lock again, or do without it"
    } else if has("Failed to read `") || has("Failed to install: ") || has("invalid package format") {
        "; ask for another version of it, or do without it"
    } else {
        ""
    }
}

/// Most letters that are shown of a backend's last line.
const MOST_OF_LAST: usize = 400;

/// What uv says before a backend packs a project.
const PACKING: &str = "Building wheel...";

/// A hint behind each failure of a backend.
const NOISE: &str = "hint: Build failures usually";

/// The lines that say something.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('^'))
}

fn cut<'a>(line: &'a str, start: &&str) -> &'a str {
    line.strip_prefix(start).unwrap_or(line)
}

/// The distribution whose build has failed, if that is why uv has.
fn not_built(said: &str) -> Option<&str> {
    let (_, rest) = said.split_once("Failed to build `")?;
    let name = rest.split(['=', '`', ' ']).next()?;
    said.contains("build backend returned an error").then_some(name)
}

/// The package that is asked for by the path or the address of its source, which uv was not to build.
pub(super) fn named_source(said: &str) -> Option<String> {
    // The second if it knows the source already.
    let (_, rest) =
        said.split_once("Building source distributions is disabled, but attempted to build `").or_else(|| {
            said.split_once("Building source distributions for `").filter(|(_, rest)| rest.contains("` is disabled"))
        })?;
    Some(rest.split_once('`')?.0.to_string())
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
        let known =
            "error: Failed to build `x @ file:///x`\n  cause: Building source distributions for `x` is disabled\n";
        assert_eq!(named_source(known).as_deref(), Some("x"));
        let source = "error: Building source distributions is disabled, but attempted to build `x`\n";
        assert_eq!((named_source(source).as_deref(), named_source(NO_BINARY)), (Some("x"), None));
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
        let said =
            of("Building wheel...\na\nerror: b\n\nerror: Failed to build `x`\n  cause: It failed\n\nhint: h\n", &[]);
        assert_eq!(said, "uv found: Failed to build `x`; It failed; hint: h; its last line was: error: b");
        assert_eq!(of("Building wheel...\nerror: c\n", &[]), "uv found: c");
        assert_eq!(of("error: Expected:\n  x\n   ^^\n", &[]), "uv found: Expected: x");
        assert!(of("", &[]).ends_with("build again"));
        let said = of("error: Failed to read `x`\n  cause: \u{1b}[31mred\tx\n", &[]);
        assert_eq!(said, "uv found: Failed to read `x`;  [31mred x; ask for another version of it, or do without it");
        let said = of(&format!("{}\nerror: Failed\n", "long ".repeat(10_000)), &[]);
        assert!(said.len() < 500, "{said}");
    }

    #[test]
    fn a_build_that_failed_is_named_with_the_way_on() {
        let failed = |name: &str| {
            let said = format!(
                "error: Failed to build `{name}`\n  cause: The build backend returned an error\n  [stderr]\n  oops\n"
            );
            of(&said, &["greeting".to_string()])
        };
        let said = failed("pycrypto==2.6.1");
        assert!(said.contains("; its last line was: oops; it was built inside the sandbox"), "{said}");
        assert!(said.ends_with("with [tool.pyapp] build-on-host = [\"greeting\", \"pycrypto\"]"), "{said}");
        assert!(failed("greeting").ends_with("its last line was: oops"));
    }
}
