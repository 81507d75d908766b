// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>

#include "search/data/image_file.hpp"
#include "search/data/orientation.hpp"

namespace freebits::search {
namespace {

/// libpng leaves by longjmp. Each function below that calls it sets the target first and has no
/// object with a destructor.
class PngReader {
 public:
  explicit PngReader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }

  bool start() {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, leave, ignore);
    if (png_ == nullptr) return false;
    if (setjmp(target_) != 0) return false;
    info_ = png_create_info_struct(png_);
    if (info_ == nullptr) return false;
    png_set_read_fn(png_, this, give);
    // What a picture says of its colours (gAMA, cHRM, sRGB, iCCP) and of transparency (tRNS) is not
    // looked at: a sample is what is stored.
    constexpr std::array<png_byte, 5> kOrientation = {'e', 'X', 'I', 'f', 0};
    png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
    png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_AS_DEFAULT, kOrientation.data(), 1);
    png_read_info(png_, info_);
    return true;
  }

  /// `out` has room for height · width · 3 bytes.
  bool rows(std::uint8_t* out) {
    if (setjmp(target_) != 0) return false;
    png_set_strip_16(png_);        // the high byte
    png_set_palette_to_rgb(png_);  // no effect on others
    png_set_expand_gray_1_2_4_to_8(png_);
    png_set_gray_to_rgb(png_);
    png_set_strip_alpha(png_);
    const int passes = png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    if (png_get_rowbytes(png_, info_) != std::size_t{width()} * 3)
      png_error(png_, "unexpected size of a row");
    for (int pass = 0; pass < passes; ++pass) {
      for (std::size_t y = 0; y < height(); ++y) png_read_row(png_, out + y * width() * 3, nullptr);
    }
    return true;
  }

  /// What stands behind the pixels, which are there without it.
  void finish() {
    if (setjmp(target_) == 0) png_read_end(png_, info_);
  }

  [[nodiscard]] unsigned height() const { return png_get_image_height(png_, info_); }
  [[nodiscard]] unsigned width() const { return png_get_image_width(png_, info_); }
  [[nodiscard]] unsigned orientation() const {
    png_uint_32 size = 0;
    png_bytep exif = nullptr;
    if (png_get_eXIf_1(png_, info_, &size, &exif) == 0) return 1;
    return exif_orientation({exif, size});
  }
  [[nodiscard]] const char* message() const { return message_.data(); }

 private:
  static PngReader* self(png_structp png) {
    return static_cast<PngReader*>(png_get_error_ptr(png));
  }
  [[noreturn]] static void leave(png_structp png, png_const_charp message) {
    std::strncpy(self(png)->message_.data(), message, self(png)->message_.size() - 1);
    std::longjmp(self(png)->target_, 1);
  }
  static void ignore(png_structp /*png*/, png_const_charp /*message*/) {}
  static void give(png_structp png, png_bytep to, std::size_t count) {
    auto& rest = static_cast<PngReader*>(png_get_io_ptr(png))->rest_;
    if (count > rest.size()) png_error(png, "the data end too early");
    std::memcpy(to, rest.data(), count);
    rest = rest.subspan(count);
  }

  std::span<const std::uint8_t> rest_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::jmp_buf target_{};
  std::array<char, 128> message_{};
};

}  // namespace

void decode_png(std::span<const std::uint8_t> bytes, DecodedImage& image) {
  PngReader reader(bytes);
  if (!reader.start())
    throw DamagedImage(fmt::format("damaged PNG of {} bytes: {}", bytes.size(), reader.message()));
  if (std::uint64_t{reader.height()} * reader.width() > kMostPixels) {
    throw DamagedImage(fmt::format("PNG of {} x {} pixels, expected at most {}", reader.width(),
                                   reader.height(), kMostPixels));
  }
  image.full_height = image.height = reader.height();
  image.full_width = image.width = reader.width();
  image.rgb.resize(std::size_t{image.height} * image.width * 3);
  if (!reader.rows(image.rgb.data())) {
    throw DamagedImage(fmt::format("damaged PNG: {} bytes do not give all of {} x {} pixels: {}",
                                   bytes.size(), image.width, image.height, reader.message()));
  }
  reader.finish();
  orient(image, reader.orientation());
}

}  // namespace freebits::search
