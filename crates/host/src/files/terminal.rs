//! Terminals behind the standard streams: their settings and size, as text for requests.
//!
//! Numbers are those of Linux, which the guest's C library shares. Elsewhere a guest finds no terminal.

#[cfg(target_os = "linux")]
use crate::abi;
use crate::wasi::Result;
use crate::wasi::types::Errno;
use std::fs::File;

/// `rows columns input output control local code...`: decimal, then hexadecimal.
///
/// # Errors
/// ENOTTY.
#[cfg(target_os = "linux")]
pub(super) fn settings(file: &File) -> Result<String> {
    let termios = rustix::termios::tcgetattr(file).map_err(|_| Errno::Notty)?;
    let (rows, columns) = rustix::termios::tcgetwinsize(file).map_or((0, 0), |size| (size.ws_row, size.ws_col));
    let mut text = format!(
        "{rows} {columns} {:x} {:x} {:x} {:x}",
        termios.input_modes.bits(),
        termios.output_modes.bits(),
        termios.control_modes.bits(),
        termios.local_modes.bits(),
    );
    for code in codes() {
        let code = code.map_or(0, |code| termios.special_codes[code]);
        text += &format!(" {code:x}");
    }
    Ok(text)
}

/// Changes the settings: `words` are when (0 at once, 1 when all is written, 2 and what was typed is dropped), the four modes
/// and two digits for each code, all hexadecimal.
///
/// # Errors
/// ENOTTY, EINVAL.
#[cfg(target_os = "linux")]
pub(super) fn set(file: &File, words: &[&str]) -> Result<()> {
    use rustix::termios::{ControlModes, InputModes, LocalModes, OptionalActions, OutputModes, tcgetattr, tcsetattr};
    let mut termios = tcgetattr(file).map_err(|_| Errno::Notty)?;
    let &[when, input, output, control, local, typed] = words else { return Err(Errno::Inval.into()) };
    let number = |word: &str| u32::from_str_radix(word, 16).map_err(|_| Errno::Inval);
    termios.input_modes = InputModes::from_bits_retain(number(input)?);
    termios.output_modes = OutputModes::from_bits_retain(number(output)?);
    termios.control_modes = ControlModes::from_bits_retain(number(control)?);
    termios.local_modes = LocalModes::from_bits_retain(number(local)?);
    for (place, code) in codes().into_iter().enumerate() {
        let digits = typed.get(2 * place..2 * place + 2).ok_or(Errno::Inval)?;
        if let Some(code) = code {
            termios.special_codes[code] = number(digits)? as u8;
        }
    }
    let when = match when {
        "0" => OptionalActions::Now,
        "1" => OptionalActions::Drain,
        "2" => OptionalActions::Flush,
        _ => return Err(Errno::Inval.into()),
    };
    tcsetattr(file, when, &termios).map_err(|_| Errno::Inval.into())
}

/// The places of `c_cc`, in its order; one is not used.
#[cfg(target_os = "linux")]
fn codes() -> [Option<rustix::termios::SpecialCodeIndex>; abi::TERMINAL_CODES] {
    use rustix::termios::SpecialCodeIndex as Code;
    [
        Some(Code::VINTR),
        Some(Code::VQUIT),
        Some(Code::VERASE),
        Some(Code::VKILL),
        Some(Code::VEOF),
        Some(Code::VTIME),
        Some(Code::VMIN),
        None,
        Some(Code::VSTART),
        Some(Code::VSTOP),
        Some(Code::VSUSP),
        Some(Code::VEOL),
        Some(Code::VREPRINT),
        Some(Code::VDISCARD),
        Some(Code::VWERASE),
        Some(Code::VLNEXT),
        Some(Code::VEOL2),
    ]
}

/// No terminal that the guest would understand.
///
/// # Errors
/// Always ENOTTY.
#[cfg(not(target_os = "linux"))]
pub(super) fn settings(_: &File) -> Result<String> {
    Err(Errno::Notty.into())
}

/// As [`settings`].
///
/// # Errors
/// Always ENOTTY.
#[cfg(not(target_os = "linux"))]
pub(super) fn set(_: &File, _: &[&str]) -> Result<()> {
    Err(Errno::Notty.into())
}
