// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/graph/input_preparation.hpp"

namespace freebits::search {

/// Height, width, channels; the last changes fastest.
struct ImageShape {
  unsigned height = 0, width = 0, channels = 0;
  [[nodiscard]] std::size_t size() const { return std::size_t{height} * width * channels; }
  friend bool operator==(const ImageShape&, const ImageShape&) = default;
};

enum class Split : std::uint8_t { Train, Test };

/// What to do with files or records that are cut short or damaged: throw an Error that names them,
/// or leave them out and count them.
enum class OnCorrupt : std::uint8_t { Refuse, Skip };

class ContentHash;

/// Labelled images, all of one shape. Nothing changes after opening: every member may be called
/// from any number of threads at once, and gives the same every time.
class Dataset {
 public:
  Dataset(const Dataset&) = delete;
  Dataset& operator=(const Dataset&) = delete;
  virtual ~Dataset() = default;

  /// Number of images, at least 1.
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual unsigned classes() const = 0;
  [[nodiscard]] virtual ImageShape shape() const = 0;

  /// 0 … classes() - 1, of image i < size().
  [[nodiscard]] virtual unsigned label(std::size_t i) const = 0;

  /// Images or files left out because they are damaged (OnCorrupt::Skip).
  [[nodiscard]] virtual std::size_t skipped() const { return 0; }

  /// What opening left out or ignored, for the user: a line each, without its end.
  [[nodiscard]] virtual std::vector<std::string> remarks() const { return {}; }

  /// How a picture of any size becomes an image such as these, but for augmentation.
  [[nodiscard]] virtual models::InputPreparation preparation() const {
    const ImageShape size = shape();
    return {.scaled = {size.height, size.width}, .crop = {size.height, size.width}};
  }
  /// A hash of what is in it, wherever it lies (content.hpp): the same again only for the same
  /// images and labels in the same order. Reads every image, a set of files a part of each. Throws
  /// Error when one cannot be read.
  [[nodiscard]] std::uint64_t content() const;

  /// Image i as [height][width][channels], 0 … 255. Throws Error when i or the size
  /// of `out` is wrong, Error when a file read now is damaged.
  void read(std::size_t i, std::span<std::uint8_t> out) const {
    check(i, out.size());
    read_image(i, out);
  }

  /// The same from a viewpoint that `random` alone decides, where the set knows more of an image
  /// than shape() shows (a folder: the crop); otherwise read().
  void read_view(std::size_t i, std::uint64_t random, std::span<std::uint8_t> out) const {
    check(i, out.size());
    read_random_view(i, random, out);
  }

 protected:
  Dataset() = default;

 private:
  void check(std::size_t i, std::size_t bytes) const;
  virtual void add_images(ContentHash& hash) const;
  virtual void read_image(std::size_t i, std::span<std::uint8_t> out) const = 0;
  virtual void read_random_view(std::size_t i, std::uint64_t /*random*/,
                                std::span<std::uint8_t> out) const {
    read_image(i, out);
  }
};

}  // namespace freebits::search
