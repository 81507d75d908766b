// SPDX-License-Identifier: Apache-2.0
#include "search/data/image_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "search/data/content.hpp"
#include "search/data/dataset_kind.hpp"
#include "search/data/file.hpp"
#include "search/data/folder_listing.hpp"
#include "search/data/image_file.hpp"
#include "search/data/parallel.hpp"
#include "search/data/prepare.hpp"

namespace freebits::search {
namespace {

namespace fs = std::filesystem;

/// What decoding needs, kept by each thread from image to image.
struct Scratch {
  std::vector<std::uint8_t> bytes;
  DecodedImage image;
  Resizer resizer;
};

Scratch& scratch() {
  thread_local Scratch mine;
  return mine;
}

void decode(const fs::path& path, unsigned shorter, Scratch& s) {
  read_file(path, s.bytes);
  try {
    decode_image(s.bytes, shorter, s.image);
  } catch (const DamagedImage& e) {
    throw DamagedImage(fmt::format("{}: {}", path.string(), e.what()));
  }
}

void check_file(const fs::path& path) {
  try {
    if (looks_whole(read_ends(path))) return;
  } catch (const DamagedImage& e) {
    throw DamagedImage(fmt::format("{}: {}", path.string(), e.what()));
  }
  decode(path, 1, scratch());
}

class ImageFolder final : public Dataset {
 public:
  ImageFolder(fs::path root, FolderListing listing, FolderOptions options, OnCorrupt on_corrupt)
      : root_(std::move(root)),
        classes_(std::move(listing.classes)),
        files_(std::move(listing.files)),
        options_(options),
        on_corrupt_(on_corrupt),
        remarks_(listing.remarks(root_)) {
    leave_out_damaged();
    damaged_ = std::vector<std::atomic<bool>>(files_.size());
  }

  [[nodiscard]] std::size_t size() const override { return files_.size(); }
  [[nodiscard]] unsigned classes() const override { return static_cast<unsigned>(classes_.size()); }
  [[nodiscard]] ImageShape shape() const override {
    const auto [height, width] = options_.preparation.crop;
    return {height, width, options_.channels};
  }
  [[nodiscard]] unsigned label(std::size_t i) const override { return files_.at(i).label; }
  [[nodiscard]] std::size_t skipped() const override { return skipped_; }
  [[nodiscard]] std::vector<std::string> remarks() const override { return remarks_; }
  [[nodiscard]] models::InputPreparation preparation() const override {
    return options_.preparation;
  }

 private:
  [[nodiscard]] fs::path path(std::size_t i) const {
    return root_ / classes_[files_[i].label] / files_[i].name;
  }

  void leave_out_damaged() {
    std::vector<char> bad(files_.size(), 0);
    for_each_index(files_.size(), options_.workers, [&](unsigned, std::size_t i) {
      try {
        check_file(path(i));
      } catch (const DamagedImage&) {
        if (on_corrupt_ == OnCorrupt::Refuse) throw;
        bad[i] = 1;
      }
    });
    const auto worst = static_cast<std::size_t>(std::ranges::find(bad, 1) - bad.begin());
    const std::string first_bad = worst < bad.size() ? path(worst).string() : "";
    std::size_t kept = 0;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (bad[i] != 0) continue;
      if (kept != i) files_[kept] = std::move(files_[i]);
      ++kept;
    }
    skipped_ = files_.size() - kept;
    if (skipped_ != 0) {
      remarks_.push_back(fmt::format("{}: {} damaged image{} left out, such as {}", root_.string(),
                                     skipped_.load(), skipped_ == 1 ? "" : "s", first_bad));
    }
    files_.resize(kept);
    if (kept == 0) throw Error(fmt::format("{}: no undamaged image", root_.string()));
  }

  /// Names, sizes and ends of the files: decoding all of them takes minutes.
  void add_images(ContentHash& hash) const override {
    for (const std::string& name : classes_) hash.add(name);
    std::vector<std::uint64_t> each(files_.size());
    for_each_index(files_.size(), options_.workers, [&](unsigned, std::size_t i) {
      const FileEnds ends = read_ends(path(i));
      ContentHash file;
      file.add(files_[i].name);
      file.add(files_[i].label);
      file.add(ends.size);
      file.add(ends.head);
      file.add(ends.tail);
      each[i] = file.value();
    });
    for (const std::uint64_t file : each) hash.add(file);
  }

  void read_image(std::size_t i, std::span<std::uint8_t> out) const override {
    read_good(i, out, [](unsigned room) { return room / 2; });
  }

  void read_random_view(std::size_t i, std::uint64_t random,
                        std::span<std::uint8_t> out) const override {
    read_good(i, out, [random = Random({random})](unsigned room) mutable {
      return static_cast<unsigned>(random.below(std::uint64_t{room} + 1));
    });
  }

  /// Image i or, with OnCorrupt::Skip, the next of its class that is not damaged: a function of i
  /// and the files alone. Files are sorted by class.
  template <class Offset>
  void read_good(std::size_t i, std::span<std::uint8_t> out, Offset offset) const {
    const auto by_label = [](const ImageFile& a, const ImageFile& b) { return a.label < b.label; };
    const auto [first, last] = std::equal_range(files_.begin(), files_.end(), files_[i], by_label);
    const auto begin = static_cast<std::size_t>(first - files_.begin());
    const auto count = static_cast<std::size_t>(last - first);
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t j = begin + (i - begin + k) % count;
      try {
        read_file_at(j, out, offset);
        return;
      } catch (const DamagedImage&) {
        if (on_corrupt_ == OnCorrupt::Refuse) throw;
        if (!damaged_[j].exchange(true)) ++skipped_;
      }
    }
    throw Error(
        fmt::format("{}: no undamaged image", (root_ / classes_[files_[i].label]).string()));
  }

  /// offset(room): where the crop begins, from 0 to the `room` pixels it may move; asked for y,
  /// then x.
  template <class Offset>
  void read_file_at(std::size_t i, std::span<std::uint8_t> out, Offset& offset) const {
    Scratch& s = scratch();
    decode(path(i), least_shorter_side(options_.preparation), s);
    prepare(s.image, options_.preparation, options_.channels, offset, s.resizer, out);
  }

  fs::path root_;
  std::vector<std::string> classes_;
  std::vector<ImageFile> files_;  ///< by class, then name
  FolderOptions options_;
  OnCorrupt on_corrupt_;
  std::vector<std::string> remarks_;
  mutable std::atomic<std::size_t> skipped_ = 0;
  mutable std::vector<std::atomic<bool>> damaged_;  ///< found when read, and counted
};

}  // namespace

models::InputPreparation folder_preparation(unsigned height, unsigned width) {
  const auto scaled = [](unsigned crop) {
    return static_cast<unsigned>(std::lround(crop * 256.0 / 224));
  };
  return {.scaled = {scaled(height), scaled(width)}, .crop = {height, width}};
}

std::unique_ptr<Dataset> open_image_folder(const fs::path& folder, Split split,
                                           FolderOptions options, OnCorrupt on_corrupt) {
  if (options.workers == 0) throw Error("workers: 0, expected at least 1");
  if (options.channels != 3 && options.channels != 1)
    throw Error(fmt::format("channels of a picture: {}, expected 3 or 1", options.channels));
  models::check(options.preparation);

  const std::string name = split == Split::Train ? "train" : "val";
  return std::make_unique<ImageFolder>(folder / name, list_folder(folder, name), options,
                                       on_corrupt);
}

const DatasetKind& image_folder_kind() {
  static const DatasetKind kind{
      .name = "folder",
      .description = "JPEG and PNG files, a folder for each class",
      .has_pictures = true,
      .augmentation = {.view = true, .pad = 0, .flip = true},
      .open = [](const std::filesystem::path& folder, Split split, const DatasetOptions& options) {
        return open_image_folder(folder, split, options.folder.value_or(FolderOptions{}),
                                 options.on_corrupt);
      }};
  return kind;
}

}  // namespace freebits::search
