//! Builds the parts of the executable, which `src/linked.rs` embeds. The work is the crate `pipeline`.

#![forbid(unsafe_code)]

use pipeline::settings::Settings;
use std::process::ExitCode;

fn main() -> ExitCode {
    match Settings::from_build_script().and_then(|settings| pipeline::build(&settings)) {
        Ok(report) => {
            println!("cargo:rerun-if-changed=build.rs");
            for input in report.inputs {
                println!("cargo:rerun-if-changed={}", input.display());
            }
            if let Some(log) = report.log {
                println!("cargo:warning=the Python runtime's build log is {}", log.display());
            }
            for warning in report.warnings {
                println!("cargo:warning={warning}");
            }
            if report.pruned.entries > 0 {
                println!("cargo:warning={}", report.pruned);
            }
            println!("cargo:rustc-env=PYAPP_TARGET={}", report.target);
            println!("cargo:rustc-env=PYAPP_PARTS={}", report.parts);
            println!("cargo:rustc-env=PYAPP_INCLUDED={}", report.assembler_out);
            for line in report.summary {
                println!("cargo:warning={line}");
            }
            let beside: Vec<String> = report.beside.iter().map(|path| path.display().to_string()).collect();
            println!("cargo:warning=beside the executable: {}", beside.join(", "));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
