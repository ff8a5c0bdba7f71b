//! Opening a bundle, and making runs from it.

use crate::error::{Error, Result};
use crate::index::{Index, Record};
use crate::part::Part;
use crate::source::Source;
use archive::{Archive, format::checksum};
use host::extensions::Extensions;
use host::{ContextBuilder, Program, Timing, TrustedCode, abi, layout};
use memory_image::{Image, Start};
use policy::{CERTIFICATE_FILE_VARIABLE, Certificates, Permissions, Reach, RunLimits};
use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use vfs::Limits;

/// Longest part once expanded, bytes: an image of 4 GiB of memory with its header and table.
const MAX_PART: usize = (4 << 30) + (1 << 20);

/// The certificates of a project that brings its own, in the archive.
const OWN_CERTIFICATES: &str = "certifi/cacert.pem";

/// What is to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// The app, from its snapshot.
    Resumed,
    /// The app, from the interpreter's own start.
    Cold,
    /// CPython itself, as `python3`.
    Interpreter,
}

impl Run {
    /// How it begins.
    pub fn start(self) -> Start {
        match self {
            Run::Resumed => Start::Resumed,
            Run::Cold | Run::Interpreter => Start::Cold,
        }
    }
}

/// A bundle whose index has been read.
pub struct Bundle<S> {
    source: S,
    index: Index,
    archive: Archive,
}

impl<S: Source> Bundle<S> {
    /// Reads the index, and header and index of the archive. The other parts are looked at when they are asked for.
    ///
    /// # Errors
    /// If the index or the archive is missing or damaged.
    pub fn open(source: S) -> Result<Bundle<S>> {
        let index: Index = serde_json::from_slice(&source.index()?).map_err(Error::Index)?;
        let archive = Archive::open(source.part(Part::Archive)?)?;
        Ok(Bundle { source, index, archive })
    }

    /// What starts: `pkg.mod` or `pkg.mod:function`.
    pub fn entry(&self) -> &str {
        &self.index.entry
    }

    /// What the app may reach of the machine that it runs on.
    pub fn permissions(&self) -> &Permissions {
        &self.index.permissions
    }

    /// How much a run may use.
    pub fn limits(&self) -> &RunLimits {
        &self.index.limits
    }

    /// The file system. Cheap to clone.
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    /// How a part is stored; `None` if there is none.
    pub fn record(&self, part: Part) -> Option<&Record> {
        self.index.parts.get(&part)
    }

    /// How the app runs: from its snapshot, if it has one.
    pub fn app(&self) -> Run {
        if self.record(Part::Snapshot).is_some() { Run::Resumed } else { Run::Cold }
    }

    /// The program of a run. `timing` notes where the time goes.
    ///
    /// # Errors
    /// If a part is missing, damaged, or does not belong to the others.
    pub fn program(&self, run: Run, timing: &mut Timing) -> Result<Program>
    where
        S: Sync,
    {
        let is_compressed = self.record(Part::MachineCode).is_some_and(|record| record.zstd);
        // What is compressed is expanded side by side.
        let (code, image) = std::thread::scope(|scope| {
            let code = is_compressed.then(|| scope.spawn(|| self.code(Part::MachineCode)));
            let image = self.image(run.start());
            let code = match code {
                Some(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                None => self.code(Part::MachineCode),
            };
            (code, image)
        });
        let (code, image) = (code?, image?);
        image.expect(run.start(), self.archive.identity())?;
        if is_compressed {
            timing.mark("expand");
        }
        let fail = |error: &dyn std::fmt::Display| Error::Code(format!("{error:#}"));
        let program = Program::load(&code, Some(Arc::new(image)), timing).map_err(|error| fail(&error))?;
        if self.record(Part::Extensions).is_none() {
            return Ok(program);
        }
        let extensions = Extensions::open(self.code(Part::Extensions)?);
        let extensions = extensions.map_err(|error| Error::part(Part::Extensions, error.to_string()))?;
        program.with_extensions(extensions).map_err(|error| fail(&error))
    }

    /// What a run sees: the archive, which entry to run, and what it may reach; arguments, environment and streams are the
    /// caller's to add.
    ///
    /// # Errors
    /// [`Error::Files`].
    pub fn context(&self, run: Run, limits: Limits, reach: Reach) -> Result<ContextBuilder> {
        let (builder, root) = layout::python_context_and_root(self.archive.clone(), limits).map_err(Error::Files)?;
        let home = reach.home.as_deref().and_then(Path::to_str).unwrap_or(abi::HOME);
        let builder = builder.variable("HOME", home);
        let builder = builder.grants(root, reach.grants, reach.policy, reach.current_folder).network(reach.network);
        let variables = reach.inherited.variables(abi::PROCESS);
        let builder = builder.inherited(reach.inherited.numbers).variables(variables);
        let builder = match self.certificate_file(&reach.certificates) {
            Some(file) => builder.variable(CERTIFICATE_FILE_VARIABLE, file),
            None => builder,
        };
        Ok(match run {
            // A snapshot was made for its entry.
            Run::Resumed | Run::Interpreter => builder,
            Run::Cold => builder
                .variable(abi::ENTRY_VARIABLE, self.entry())
                .variable(abi::OPTIMIZE_VARIABLE, self.index.optimize.to_string()),
        })
    }

    /// What the app is told that its connections are trusted by, if it is to be told.
    fn certificate_file(&self, certificates: &Certificates) -> Option<String> {
        match certificates {
            Certificates::None | Certificates::Told => None,
            Certificates::Found(file) => file.to_str().map(str::to_string),
            Certificates::Missing => {
                let file = format!("{}/{OWN_CERTIFICATES}", layout::SITE_PACKAGES);
                self.archive.find(&file).map(|_| format!("/{}/{file}", abi::MOUNT))
            }
        }
    }

    /// The image that runs begin from in this way.
    ///
    /// # Errors
    /// If it, or the image that it refers to, is missing or damaged.
    pub fn image(&self, start: Start) -> Result<Image> {
        let base = self.bytes(Part::BaseImage, &[])?;
        let base = Image::open(base)?;
        if start == Start::Cold {
            return Ok(base);
        }
        let snapshot = self.bytes(Part::Snapshot, base.bytes())?;
        Ok(Image::open_with_base(snapshot, Some(Arc::new(base)))?)
    }

    /// Checks a part's stored bytes, all of them, against the build's checksum. Returns how many.
    ///
    /// # Errors
    /// [`Error::Part`] with the checksum expected and found.
    pub fn verify(&self, part: Part) -> Result<usize> {
        let code;
        let bytes = match part {
            Part::MachineCode | Part::Extensions => {
                code = self.source.code(part)?;
                Cow::Borrowed(code.bytes())
            }
            _ => self.source.part(part)?,
        };
        let record = self.expect_length(part, &bytes)?;
        let found = format!("{:016x}", checksum(&bytes));
        if found != record.xxh3 {
            return Err(Error::part(part, format!("expected checksum {}, found {found}", record.xxh3)));
        }
        Ok(record.stored)
    }

    /// Machine code, expanded if it is stored compressed.
    fn code(&self, part: Part) -> Result<TrustedCode> {
        let code = self.source.code(part)?;
        let record = self.expect_length(part, code.bytes())?;
        if !record.zstd {
            return Ok(code);
        }
        code.expand(record.len).map_err(|error| Error::part(part, error.to_string()))
    }

    /// A part's bytes, expanded if they are stored compressed; `dictionary` is what they were compressed with.
    fn bytes(&self, part: Part, dictionary: &[u8]) -> Result<Cow<'static, [u8]>> {
        let stored = self.source.part(part)?;
        let record = self.expect_length(part, &stored)?;
        if !record.zstd {
            return Ok(stored);
        }
        let expanded = zstd::bulk::Decompressor::with_dictionary(dictionary)
            .and_then(|mut decompressor| decompressor.decompress(&stored, record.len))
            .map_err(|error| Error::part(part, format!("expected a zstd frame, found: {error}")))?;
        if expanded.len() != record.len {
            return Err(Error::part(part, format!("expected {} bytes, found {}", record.len, expanded.len())));
        }
        Ok(Cow::Owned(expanded))
    }

    /// The record of a part whose stored bytes are these.
    fn expect_length(&self, part: Part, stored: &[u8]) -> Result<&Record> {
        let record = self.record(part).ok_or_else(|| Error::part(part, "expected it in the index, found none"))?;
        let found = stored.len();
        if record.stored != found {
            return Err(Error::part(part, format!("expected {} bytes, found {found}", record.stored)));
        }
        if record.len > MAX_PART {
            return Err(Error::part(part, format!("expected at most {MAX_PART} bytes, found {}", record.len)));
        }
        Ok(record)
    }
}
