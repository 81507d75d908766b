// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"

#include <zlib.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
// Needs what <cstdio> declares.
#include <jpeglib.h>
#include <png.h>

#include "base/error.hpp"
#include "base/random.hpp"

namespace freebits::search::test {

namespace fs = std::filesystem;

TempDir::TempDir() {
  std::string name = (fs::temp_directory_path() / "freebits_data_XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void write(const fs::path& path, const Bytes& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
}

void write_gz(const fs::path& path, const Bytes& bytes) {
  fs::create_directories(path.parent_path());
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
}

Bytes read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void cut(const fs::path& path, std::uintmax_t size) { fs::resize_file(path, size); }

Bytes random_bytes(std::size_t count, std::uint64_t seed) {
  Random random({seed});
  Bytes bytes(count);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.below(256));
  return bytes;
}

Bytes cifar_records(unsigned count, std::uint64_t seed) {
  Bytes bytes = random_bytes(std::size_t{count} * 3073, seed);
  for (unsigned i = 0; i < count; ++i)
    bytes[std::size_t{i} * 3073] = static_cast<std::uint8_t>(i % 10);
  return bytes;
}

void write_cifar(const fs::path& folder, unsigned count) {
  for (unsigned i = 1; i <= 5; ++i)
    write(folder / ("data_batch_" + std::to_string(i) + ".bin"), cifar_records(count, i));
  write(folder / "test_batch.bin", cifar_records(count, 6));
}

Bytes idx(const std::vector<std::uint32_t>& dims, const Bytes& data) {
  Bytes bytes = {0, 0, 8, static_cast<std::uint8_t>(dims.size())};
  for (const std::uint32_t dim : dims) {
    for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(dim >> shift));
  }
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}

void write_mnist(const fs::path& folder, unsigned count, unsigned height, unsigned width, bool gz) {
  std::uint64_t seed = 1;
  for (const std::string prefix : {"train", "t10k"}) {
    Bytes labels;
    for (unsigned i = 0; i < count; ++i) labels.push_back(static_cast<std::uint8_t>(i % 10));
    const Bytes images =
        idx({count, height, width}, random_bytes(std::size_t{count} * height * width, seed++));
    const auto put = gz ? write_gz : write;
    const auto name = [&](const char* what) {
      return folder / std::string(prefix).append(what).append(gz ? ".gz" : "");
    };
    put(name("-images-idx3-ubyte"), images);
    put(name("-labels-idx1-ubyte"), idx({count}, labels));
  }
}

Bytes jpeg(unsigned height, unsigned width, const Colour& colour, int components) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &memory, &size);
  info.image_height = height;
  info.image_width = width;
  info.input_components = components;
  info.in_color_space = components == 4 ? JCS_CMYK : components == 3 ? JCS_RGB : JCS_GRAYSCALE;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 98, TRUE);
  jpeg_start_compress(&info, TRUE);
  for (unsigned y = 0; y < height; ++y) {
    Bytes row;
    for (unsigned x = 0; x < width; ++x) {
      for (unsigned c = 0; c < static_cast<unsigned>(components); ++c)
        row.push_back(colour(y, x, c));
    }
    JSAMPROW rows = row.data();
    jpeg_write_scanlines(&info, &rows, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  Bytes bytes(memory, memory + size);
  std::free(memory);
  return bytes;
}

Bytes png(unsigned height, unsigned width, const Colour& colour, bool alpha) {
  const unsigned channels = alpha ? 4 : 3;
  Bytes pixels;
  for (unsigned y = 0; y < height; ++y) {
    for (unsigned x = 0; x < width; ++x) {
      for (unsigned c = 0; c < channels; ++c) pixels.push_back(colour(y, x, c));
    }
  }
  png_image info{};
  info.version = PNG_IMAGE_VERSION;
  info.height = height;
  info.width = width;
  info.format = alpha ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
  png_alloc_size_t size = 0;
  png_image_write_to_memory(&info, nullptr, &size, 0, pixels.data(), 0, nullptr);
  Bytes bytes(size);
  png_image_write_to_memory(&info, bytes.data(), &size, 0, pixels.data(), 0, nullptr);
  bytes.resize(size);
  return bytes;
}

Colour plain(std::uint8_t r, std::uint8_t g, std::uint8_t b) {
  const std::array<std::uint8_t, 4> colour = {r, g, b, 255};
  return [colour](unsigned, unsigned, unsigned c) { return colour.at(c); };
}

FolderOptions square(unsigned scaled, unsigned crop, unsigned workers) {
  return {.preparation = {.scaled = {scaled, scaled}, .crop = {crop, crop}}, .workers = workers};
}

Bytes image(const Dataset& set, std::size_t i) {
  Bytes bytes(set.shape().size());
  set.read(i, bytes);
  return bytes;
}

std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& e) {
    std::string what = e.what();
    EXPECT_EQ(what.find('\n'), std::string::npos) << "one line, but: " << what;
    return what;
  }
  ADD_FAILURE() << "no Error";
  return {};
}

void expect_contains(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "no '" << part << "' in: " << text;
}

}  // namespace freebits::search::test
