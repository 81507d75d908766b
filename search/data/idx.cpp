// SPDX-License-Identifier: Apache-2.0
#include "search/data/idx.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "search/data/dataset_kind.hpp"
#include "search/data/file.hpp"
#include "search/data/memory_dataset.hpp"

namespace freebits::search {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 34;  // no header may ask for more

/// A file of bytes, its header taken off: `bytes` are fewer than `dims` say where it is cut short.
struct Idx {
  std::vector<std::uint32_t> dims;
  std::vector<std::uint8_t> bytes;
};

/// Reads plain files and .gz alike.
class GzFile {
 public:
  explicit GzFile(std::filesystem::path path) : path_(std::move(path)) {
    errno = 0;
    file_ = gzopen(path_.c_str(), "rb");
    if (file_ == nullptr)
      throw Error(fmt::format("{}: cannot be opened: {}", path_.string(), std::strerror(errno)));
    gzbuffer(file_, 1U << 17);
  }
  GzFile(const GzFile&) = delete;
  GzFile& operator=(const GzFile&) = delete;
  ~GzFile() { gzclose_r(file_); }

  /// Up to `size` bytes, fewer only where the file ends, in the middle of a .gz or not. Throws
  /// Error when the .gz is damaged: which of its bytes are wrong nobody can say.
  std::size_t read(std::uint8_t* out, unsigned size) {
    std::size_t got = 0;
    while (got < size) {
      const int n = gzread(file_, out + got, static_cast<unsigned>(size - got));
      if (n > 0) {
        got += static_cast<std::size_t>(n);
        continue;
      }
      int code = Z_OK;
      const char* message = gzerror(file_, &code);
      if (code != Z_OK && code != Z_BUF_ERROR)
        throw Error(fmt::format("{}: damaged: {}", path_.string(), message));
      break;
    }
    return got;
  }

 private:
  std::filesystem::path path_;
  gzFile file_ = nullptr;
};

std::string product(const std::vector<std::uint32_t>& dims) {
  return fmt::format("{}", fmt::join(dims, " x "));
}

std::vector<std::uint32_t> read_header(GzFile& file, const std::string& name, unsigned dimensions) {
  std::array<std::uint8_t, 4> word{};
  const auto next = [&](const char* what) {
    if (const std::size_t got = file.read(word.data(), 4); got != 4) {
      throw Error(fmt::format("{}: ends within its header ({}); expected {} bytes of it", name,
                              what, 4 + 4 * dimensions));
    }
    return std::uint32_t{word[0]} << 24 | std::uint32_t{word[1]} << 16 |
           std::uint32_t{word[2]} << 8 | word[3];
  };
  const std::uint32_t magic = next("magic number"), expected = 0x800 | dimensions;
  if (magic != expected) {
    throw Error(fmt::format("{}: starts with {:08x}, expected {:08x} (IDX, bytes, {} dimensions)",
                            name, magic, expected, dimensions));
  }
  std::vector<std::uint32_t> dims(dimensions);
  std::uint64_t bytes = 1;
  for (auto& dim : dims) {
    dim = next("sizes");
    if (dim == 0) throw Error(fmt::format("{}: a size of 0 in its header", name));
    bytes = bytes > kMostBytes ? bytes : bytes * dim;
  }
  if (bytes > kMostBytes) {
    throw Error(fmt::format("{}: {} bytes by its header, expected at most {}", name, product(dims),
                            kMostBytes));
  }
  return dims;
}

Idx read_idx(const std::filesystem::path& path, unsigned dimensions, OnCorrupt on_corrupt) {
  GzFile file(path);
  const std::string name = path.string();
  Idx idx;
  idx.dims = read_header(file, name, dimensions);
  std::uint64_t expected = 1;
  for (const auto dim : idx.dims) expected *= dim;
  // Grown as bytes arrive, not as a damaged header may promise. One more than expected: must not
  // be.
  constexpr unsigned kChunk = 1U << 20;
  for (std::size_t got = kChunk; got == kChunk && idx.bytes.size() <= expected;) {
    const std::size_t before = idx.bytes.size();
    idx.bytes.resize(before + kChunk);
    got = file.read(idx.bytes.data() + before, kChunk);
    idx.bytes.resize(before + got);
  }
  if (idx.bytes.size() > expected) {
    throw Error(fmt::format("{}: more bytes after its header than the {} = {} expected", name,
                            product(idx.dims), expected));
  }
  if (idx.bytes.size() < expected && on_corrupt == OnCorrupt::Refuse) {
    throw Error(fmt::format("{}: {} bytes after its header, expected {} = {}", name,
                            idx.bytes.size(), product(idx.dims), expected));
  }
  return idx;
}

std::optional<std::filesystem::path> find(const std::filesystem::path& folder, Split split,
                                          const char* what, const char* kind) {
  const char* prefix = split == Split::Train ? "train" : "t10k";
  for (const char hyphen : {'-', '.'}) {
    for (const char* suffix : {"", ".gz"}) {
      auto path = folder / fmt::format("{}-{}{}{}-ubyte{}", prefix, what, hyphen, kind, suffix);
      if (std::filesystem::is_regular_file(path)) return path;
    }
  }
  return std::nullopt;
}

std::filesystem::path require(const std::filesystem::path& folder, Split split, const char* what,
                              const char* kind) {
  if (auto path = find(folder, split, what, kind)) return *path;
  throw Error(fmt::format("{}: no {}-{}-{}-ubyte or {}-{}-{}-ubyte.gz", folder.string(),
                          split == Split::Train ? "train" : "t10k", what, kind,
                          split == Split::Train ? "train" : "t10k", what, kind));
}

unsigned largest_label(const std::vector<std::uint8_t>& labels) {
  return labels.empty() ? 0 : *std::max_element(labels.begin(), labels.end());
}

}  // namespace

std::unique_ptr<Dataset> open_idx(const std::filesystem::path& folder, Split split,
                                  OnCorrupt on_corrupt) {
  expect_folder(folder);
  const auto image_path = require(folder, split, "images", "idx3");
  const auto label_path = require(folder, split, "labels", "idx1");
  Idx images = read_idx(image_path, 3, on_corrupt);
  Idx labels = read_idx(label_path, 1, on_corrupt);
  // Not for OnCorrupt::Skip: nobody knows which label is whose.
  if (images.dims[0] != labels.dims[0]) {
    throw Error(fmt::format("{}: {} labels, expected {} as there are images in {}",
                            label_path.string(), labels.dims[0], images.dims[0],
                            image_path.filename().string()));
  }
  // A class may be missing from the smaller split.
  unsigned classes = largest_label(labels.bytes) + 1;
  const Split other = split == Split::Train ? Split::Test : Split::Train;
  if (const auto path = find(folder, other, "labels", "idx1"))
    classes = std::max(classes, largest_label(read_idx(*path, 1, on_corrupt).bytes) + 1);

  MemoryImages set{{images.dims[1], images.dims[2], 1}, classes, {}, {}, 0};
  const std::size_t whole = std::min(images.bytes.size() / set.shape.size(), labels.bytes.size());
  if (labels.bytes.empty()) throw Error(fmt::format("{}: no label", label_path.string()));
  if (whole == 0) throw Error(fmt::format("{}: no whole image", image_path.string()));
  set.skipped = images.dims[0] - whole;
  images.bytes.resize(whole * set.shape.size());
  labels.bytes.resize(whole);
  set.pixels = std::move(images.bytes);
  set.labels = std::move(labels.bytes);
  return memory_dataset(std::move(set));
}

const DatasetKind& idx_kind() {
  static const DatasetKind kind{
      .name = "idx",
      .description = "the MNIST family, grey",
      .augmentation = {},  // a digit that is flipped is none
      .open = [](const std::filesystem::path& folder, Split split, const DatasetOptions& options) {
        return open_idx(folder, split, options.on_corrupt);
      }};
  return kind;
}

}  // namespace freebits::search
