// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "search/data/image_file.hpp"
#include "search/data/orientation.hpp"
// These need what <cstdio> declares.
#include <jerror.h>
#include <jpeglib.h>

namespace freebits::search {
namespace {

/// libjpeg leaves by longjmp. Each function below that calls it sets the target first and has no
/// object with a destructor.
class JpegReader {
 public:
  explicit JpegReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {
    info_.err = jpeg_std_error(&errors_);
    info_.client_data = this;
    errors_.error_exit = leave;
    errors_.emit_message = judge;
  }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;
  ~JpegReader() { jpeg_destroy_decompress(&info_); }

  bool start(unsigned shorter) {
    if (setjmp(target_) != 0) return false;
    jpeg_create_decompress(&info_);
    jpeg_mem_src(&info_, bytes_.data(), bytes_.size());
    jpeg_save_markers(&info_, kExif, kLongestMarker);
    jpeg_read_header(&info_, TRUE);
    orientation_ = read_orientation();
    const bool four = info_.jpeg_color_space == JCS_CMYK || info_.jpeg_color_space == JCS_YCCK;
    info_.out_color_space = four ? JCS_CMYK : JCS_RGB;
    // Of the sizes that the inverse DCT can give by itself, the smallest that is enough.
    info_.scale_denom = 8;
    info_.scale_num = 1;
    while (info_.scale_num < 8 &&
           std::uint64_t{std::min(info_.image_height, info_.image_width)} * info_.scale_num <
               std::uint64_t{8} * shorter)
      info_.scale_num *= 2;
    jpeg_calc_output_dimensions(&info_);
    return true;
  }

  /// `out` has room for output_height · output_width · output_components bytes.
  bool rows(std::uint8_t* out) {
    if (setjmp(target_) != 0) return false;
    jpeg_start_decompress(&info_);
    while (info_.output_scanline < info_.output_height) {
      std::uint8_t* row = out + std::size_t{info_.output_scanline} * info_.output_width *
                                    static_cast<unsigned>(info_.output_components);
      jpeg_read_scanlines(&info_, &row, 1);
    }
    jpeg_finish_decompress(&info_);
    return true;
  }

  [[nodiscard]] unsigned orientation() const { return orientation_; }
  [[nodiscard]] const jpeg_decompress_struct& info() const { return info_; }
  [[nodiscard]] const char* message() const { return message_.data(); }

 private:
  static constexpr int kExif = JPEG_APP0 + 1;
  static constexpr unsigned kLongestMarker = 0xFFFF;

  /// 1 … 8, of the first EXIF marker; markers are gone once the pixels are there.
  [[nodiscard]] unsigned read_orientation() const {
    constexpr std::string_view kStart("Exif\0\0", 6);
    for (const auto* marker = info_.marker_list; marker != nullptr; marker = marker->next) {
      const std::span<const std::uint8_t> data(marker->data, marker->data_length);
      if (data.size() >= kStart.size() &&
          std::memcmp(data.data(), kStart.data(), kStart.size()) == 0)
        return exif_orientation(data.subspan(kStart.size()));
    }
    return 1;
  }

  [[noreturn]] static void leave(j_common_ptr info) {
    auto* self = static_cast<JpegReader*>(info->client_data);
    info->err->format_message(info, self->message_.data());
    std::longjmp(self->target_, 1);
  }

  /// libjpeg goes on, with grey pixels, after damage to the data: not here. Other warnings are
  /// about things that do no harm and that cameras do.
  static void judge(j_common_ptr info, int level) {
    if (level >= 0) return;
    switch (info->err->msg_code) {
      case JWRN_HIT_MARKER:
      case JWRN_HUFF_BAD_CODE:
      case JWRN_JPEG_EOF:
      case JWRN_MUST_RESYNC:
      case JWRN_BOGUS_PROGRESSION:
        leave(info);
      default:
        break;
    }
  }

  std::span<const std::uint8_t> bytes_;
  unsigned orientation_ = 1;
  jpeg_decompress_struct info_{};
  jpeg_error_mgr errors_{};
  std::jmp_buf target_{};
  std::array<char, JMSG_LENGTH_MAX> message_{};
};

/// In place. Stored is light, not ink: as Adobe writes it and others take it, marker or not.
void cmyk_to_rgb(std::vector<std::uint8_t>& pixels) {
  constexpr unsigned kHalf = 127;
  for (std::size_t i = 0; i < pixels.size() / 4; ++i) {
    const unsigned light = pixels[4 * i + 3];
    for (std::size_t c = 0; c < 3; ++c)
      pixels[3 * i + c] = static_cast<std::uint8_t>((pixels[4 * i + c] * light + kHalf) / 255);
  }
}

}  // namespace

void decode_jpeg(std::span<const std::uint8_t> bytes, unsigned shorter, DecodedImage& image) {
  JpegReader reader(bytes);
  const auto& info = reader.info();
  if (!reader.start(shorter))
    throw DamagedImage(fmt::format("damaged JPEG of {} bytes: {}", bytes.size(), reader.message()));
  image.full_height = info.image_height;
  image.full_width = info.image_width;
  image.height = info.output_height;
  image.width = info.output_width;
  if (std::uint64_t{image.full_height} * image.full_width > kMostPixels) {
    throw DamagedImage(fmt::format("JPEG of {} x {} pixels, expected at most {}", image.full_width,
                                   image.full_height, kMostPixels));
  }
  const auto channels = static_cast<unsigned>(info.out_color_components);
  image.rgb.resize(std::size_t{image.height} * image.width * channels);
  if (!reader.rows(image.rgb.data())) {
    throw DamagedImage(fmt::format("damaged JPEG: {} bytes give {} of {} rows of {} pixels: {}",
                                   bytes.size(), info.output_scanline, info.output_height,
                                   info.output_width, reader.message()));
  }
  if (channels == 4) cmyk_to_rgb(image.rgb);
  image.rgb.resize(std::size_t{image.height} * image.width * 3);
  orient(image, reader.orientation());
}

}  // namespace freebits::search
