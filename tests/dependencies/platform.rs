//! What uv is told of our platform.

use super::common::dedent;
use super::{build, lines, project};

#[test]
fn uv_is_told_of_our_platform_what_the_guest_says_of_itself() {
    let code = dedent(
        r#"
        import json, os, platform, sys
        def version(info):
            return f"{info.major}.{info.minor}.{info.micro}" + (info.releaselevel[0] + str(info.serial) if info.releaselevel != "final" else "")
        print(json.dumps({
            "implementation_name": sys.implementation.name,
            "implementation_version": version(sys.implementation.version),
            "os_name": os.name,
            "platform_machine": platform.machine(),
            "platform_python_implementation": platform.python_implementation(),
            "platform_release": platform.release(),
            "platform_system": platform.system(),
            "platform_version": platform.version(),
            "python_full_version": platform.python_version(),
            "python_version": ".".join(platform.python_version_tuple()[:2]),
            "sys_platform": sys.platform,
        }))
        "#,
    );
    let project = project(&[("pyproject.toml", "[tool.pyapp]\nentry = 'main'\n"), ("python_libs/main.py", code)]);
    let app = build(&project).expect("built");
    let said: serde_json::Value = serde_json::from_str(&lines(&app, &[])[0]).expect("JSON");
    let version = said["python_full_version"].as_str().expect("a version");
    assert_eq!(pipeline::markers(version).expect("of three numbers"), said);
}
