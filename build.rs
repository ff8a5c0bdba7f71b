//! Bundles the project into the assets that `src/assets.rs` embeds. The work is the crate `pipeline`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    match pipeline::settings::Settings::from_build_script().and_then(|settings| pipeline::build(&settings)) {
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
            println!("cargo:rustc-env=PYAPP_TARGET={}", report.target);
            println!("cargo:warning={}", report.summary);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
