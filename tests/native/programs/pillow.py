# [tool.pyapp] native = ["pillow"]
import hashlib
import io

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageMath, ImageMorph, ImageOps, ImageSequence
from PIL import ImageStat, UnidentifiedImageError, features

print(features.check("zlib"), Image.core.__name__)


def show(name, image):
    print(name, image.mode, image.size, hashlib.sha256(image.tobytes()).hexdigest()[:16])


image = Image.new("RGB", (64, 48), "#204060")
draw = ImageDraw.Draw(image)
draw.rectangle((4, 4, 30, 20), fill="orange", outline=(255, 255, 255))
draw.ellipse((20, 10, 60, 44), fill=ImageColor.getrgb("hsl(120, 50%, 50%)"))
draw.line([(0, 47), (32, 0), (63, 47)], fill="black", width=3)
draw.polygon([(50, 5), (60, 5), (55, 15)], fill="red")
draw.text((2, 30), "Ab", fill="white", font=ImageFont.load_default_imagefont())
show("drawn", image)

for format, more in [("PNG", {"optimize": True}), ("PNG", {"compress_level": 0}), ("GIF", {}), ("BMP", {}), ("PPM", {}), ("TGA", {"compression": "tga_rle"}),
                     ("PCX", {}), ("SGI", {}), ("ICO", {"sizes": [(32, 32)]}), ("TIFF", {}), ("DIB", {}), ("XBM", {})]:
    file = io.BytesIO()
    (image.convert("1") if format == "XBM" else image).save(file, format, **more)
    file.seek(0)
    with Image.open(file) as again:
        again.load()
        print(format, again.format, again.size, ImageChops.difference(again.convert("RGB"), image).getbbox())

for mode in ["L", "1", "P", "RGBA", "CMYK", "YCbCr", "HSV", "I", "F"]:
    show(mode, image.convert(mode))
for name in ["NEAREST", "BOX", "BILINEAR", "HAMMING", "BICUBIC", "LANCZOS"]:
    show(name, image.resize((23, 31), Image.Resampling[name]))
show("rotate", image.rotate(30, expand=True, resample=Image.Resampling.BICUBIC))
show("transpose", image.transpose(Image.Transpose.ROTATE_90).crop((5, 5, 40, 40)))
show("affine", image.transform((40, 40), Image.Transform.AFFINE, (1, 0.2, 0, 0.1, 1, 0)))
show("thumbnail", ImageOps.fit(image, (20, 20)))
for kind in [ImageFilter.GaussianBlur(2), ImageFilter.BoxBlur(1.5), ImageFilter.SHARPEN, ImageFilter.MedianFilter(3), ImageFilter.UnsharpMask()]:
    show(type(kind).__name__ if not isinstance(kind, type) else kind.__name__, image.filter(kind))
show("quantize", image.quantize(8))
show("octree", image.quantize(8, Image.Quantize.FASTOCTREE))
show("enhance", ImageEnhance.Contrast(image).enhance(1.5))
show("equalize", ImageOps.equalize(ImageOps.autocontrast(image)))
mask = Image.linear_gradient("L").resize(image.size)
show("composite", Image.composite(image, ImageOps.invert(image), mask))
show("alpha", Image.alpha_composite(Image.merge("RGBA", (*image.split(), mask)), Image.new("RGBA", image.size, (255, 0, 0, 100))))
show("math", ImageMath.lambda_eval(lambda args: args["convert"](args["a"] * 2 - args["b"], "L"), a=image.getchannel("R"), b=mask))
print(ImageStat.Stat(image).sum, image.histogram()[32:36], image.getextrema(), sorted(image.getcolors())[-1])
changed, morphed = ImageMorph.MorphOp(op_name="edge").apply(image.convert("1").convert("L"))
print(changed, morphed.size)

file = io.BytesIO()
frames = [image.resize((16, 16)), image.rotate(90).resize((16, 16))]
frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=50, loop=0)
with Image.open(file) as gif:
    print([frame.info["duration"] for frame in ImageSequence.Iterator(gif)], gif.n_frames)
for wrong in [b"", b"nothing", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 8]:
    try:
        Image.open(io.BytesIO(wrong)).load()
    except (UnidentifiedImageError, SyntaxError, OSError) as error:
        print(type(error).__name__)
show("buffer", Image.frombytes("L", (4, 2), bytes(range(8))).point(lambda value: value * 3))
print(image.getpixel((25, 25)), Image.frombuffer("RGB", (1, 1), b"abc", "raw", "BGR", 0, 1).tobytes())
