//! What the build says about findings of the audit: one line for each error, a few lines for all warnings.

use super::audit::{Finding, Kind};
use crate::error::count;

/// The key that keeps modules out of the snapshot.
const EXCLUDE: &str = "[tool.pyapp] snapshot-exclude";

impl Finding {
    /// Whether a snapshot would be wrong, and not only perhaps not what was meant.
    fn is_error(&self) -> bool {
        use Kind::{Chdir, Detached, Failed, Missing, Network, Open, Written};
        matches!(self.kind, Failed | Missing | Open | Written | Chdir | Network | Detached)
    }

    /// Whether the module wanted what only a run has.
    fn asks_for_a_run(&self) -> bool {
        matches!(self.kind, Kind::Arguments | Kind::Environ | Kind::Input | Kind::Network | Kind::Terminal)
    }

    /// What the module does to see the run, where it sees the build.
    fn taken(&self) -> Option<&'static str> {
        Some(match self.kind {
            Kind::Arguments => "looks at sys.argv",
            Kind::Program => "makes text with the program's name",
            Kind::Environ => "reads the environment",
            Kind::Input => "reads standard input",
            Kind::Terminal => "asks for a terminal",
            Kind::Time => "reads the time",
            Kind::Random => "draws random numbers",
            Kind::Zone => "takes the time zone",
            _ => return None,
        })
    }
}

/// One line for each finding that stops the build: who did what, and what to do.
pub(super) fn errors(findings: &[Finding]) -> Vec<String> {
    let takers = modules(findings.iter().filter(|finding| finding.asks_for_a_run()));
    let errors = findings.iter().filter(|finding| finding.is_error());
    errors.map(|finding| error(finding, &takers)).collect()
}

fn error(finding: &Finding, takers: &[&str]) -> String {
    let Finding { module, detail, .. } = finding;
    let (what, remedy) = match finding.kind {
        Kind::Failed => return failure(module, detail, takers),
        Kind::Missing => {
            let key = "[tool.pyapp] snapshot-include";
            return format!("{key}: expected a module, found none named {module}; correct it");
        }
        Kind::Open => (format!("keeps {detail} open, which a resumed run would not have"), "close it"),
        Kind::Written => (format!("leaves {detail} behind, which a resumed run would not find"), "do it in a function"),
        Kind::Chdir => (format!("changes the current directory to {detail}"), "do it in a function"),
        Kind::Network => (format!("uses the network ({detail}), which a build does not have"), "do it in a function"),
        _ => (
            "detaches a standard stream, which a resumed run could not renew".to_string(),
            "use reconfigure(), of which all but newline is kept",
        ),
    };
    format!("{module}: {what}; {remedy}, or set {EXCLUDE} = [{module:?}]")
}

/// A module that fails fails in the run, too, unless it is for want of what only a run has. Those who asked for that are to be
/// excluded: the module may have it from them.
fn failure(module: &str, detail: &str, takers: &[&str]) -> String {
    let what = format!("{module}: cannot be imported at build time: {detail}; correct it");
    if takers.is_empty() || detail.starts_with("ModuleNotFoundError") {
        return format!("{what}: a run would fail, too");
    }
    format!(
        "{what}, or, if it fails for want of a run's arguments, environment, input or network, set {EXCLUDE} = {takers:?}"
    )
}

/// All other findings: a line for modules that do the same, and at the end what to do.
pub(super) fn warnings(findings: &[Finding]) -> Vec<String> {
    let unreached = findings.iter().filter(|finding| finding.kind == Kind::Unreached);
    let mut warnings: Vec<String> = unreached
        .map(|Finding { module, .. }| format!("{EXCLUDE}: nothing imports {module} at the start; remove it"))
        .collect();
    let told: Vec<&Finding> =
        findings.iter().filter(|finding| finding.taken().is_some() || finding.kind == Kind::Output).collect();
    let mut groups: Vec<(Vec<String>, Vec<&str>)> = Vec::new();
    for module in modules(told.iter().copied()) {
        let mut deeds: Vec<String> =
            told.iter().filter(|finding| finding.module == module).map(|finding| deed(finding)).collect();
        deeds.sort();
        match groups.iter_mut().find(|(same, _)| *same == deeds) {
            Some((_, modules)) => modules.push(module),
            None => groups.push((deeds, vec![module])),
        }
    }
    warnings.extend(groups.iter().map(|(deeds, modules)| format!("at import, {}", sentence(modules, deeds))));
    if !groups.is_empty() {
        let taken = told.iter().any(|finding| finding.taken().is_some()).then_some(
            "keeps what these found in the build (the name <program>, an empty environment, no arguments, input or terminal, UTC, the \
             build's time and random numbers)",
        );
        let printed = told.iter().any(|finding| finding.kind == Kind::Output).then_some("does not print this again");
        let consequences: Vec<&str> = [taken, printed].into_iter().flatten().collect();
        let (what, all) = (consequences.join(" and "), modules(told.iter().copied()));
        warnings.push(format!("a run {what}; if that matters, do it in a function, or set {EXCLUDE} = {all:?}"));
    }
    warnings
}

fn deed(finding: &Finding) -> String {
    finding.taken().map_or_else(|| format!("prints {:?}", finding.detail), str::to_string)
}

/// `a reads the time`, or `each of 2 modules reads the environment, asks for a terminal: a, b`.
fn sentence(modules: &[&str], deeds: &[String]) -> String {
    let deeds = deeds.join(", ");
    match modules {
        [module] => format!("{module} {deeds}"),
        _ => format!("each of {} {deeds}: {}", count(modules.len(), "module"), modules.join(", ")),
    }
}

/// The modules of these findings, each once, in their order.
fn modules<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<&'a str> {
    let mut modules = Vec::new();
    for Finding { module, .. } in findings {
        if !modules.contains(&module.as_str()) {
            modules.push(module.as_str());
        }
    }
    modules
}
