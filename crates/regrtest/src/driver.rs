//! What runs inside the guest, wherever its files lie, and how it is called.

use host::abi::HOME;

/// The driver: regrtest, with a result class that notes each case.
pub const DRIVER: &str = include_str!("driver.py");
/// What of regrtest's resources tests may use: nothing that needs other machines, a screen or a loudspeaker.
pub const RESOURCES: &str = "all,-network,-urlfetch,-gui,-audio";
/// The file that asks for a network and does with this machine alone, and what it may use.
const LOCAL: (&str, &str) = ("test_socketserver", "all,-urlfetch,-gui,-audio");
/// Where the driver lies and where it leaves its report, in the guest's home folder.
pub const DRIVER_FILE: &str = "driver.py";
pub const REPORT_FILE: &str = "report.json";
/// The environment: what a user's shell would have set and tests rely on.
pub const ENVIRONMENT: [(&str, &str); 2] = [("HOME", HOME), ("LANG", "C.UTF-8")];

/// The driver's command line for one file.
pub fn command(name: &str) -> Vec<String> {
    let (driver, report) = (format!("{HOME}/{DRIVER_FILE}"), format!("{HOME}/{REPORT_FILE}"));
    let resources = if name == LOCAL.0 { LOCAL.1 } else { RESOURCES };
    ["python3", "-u", &driver, name, resources, &report].map(String::from).to_vec()
}
