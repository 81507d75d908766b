// SPDX-License-Identifier: Apache-2.0
#include "output_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "freebits/tb/error.hpp"

namespace freebits::cli {

namespace fs = std::filesystem;

namespace {

/// What the FST writer maps into memory as it starts: it dies when that does not fit the disk.
constexpr std::uintmax_t kLeastSpace = 16 << 20;

/// Pipes, terminals, devices, and whatever /dev/fd and /proc/self/fd lead to.
bool written_directly(const fs::path& path) {
  const std::string text = fs::absolute(path).lexically_normal().string();
  return (fs::exists(path) && !fs::is_regular_file(path)) || text.starts_with("/dev/") ||
         text.starts_with("/proc/");
}

/// Where a file of this name lies or will lie: also behind a link that leads to nothing yet.
fs::path resolved(fs::path path) {
  for (unsigned links = 0; fs::is_symlink(path) && links < 40; ++links) {
    path = path.parent_path() / fs::read_symlink(path);  // an absolute target replaces the folder
  }
  return path;
}

}  // namespace

OutputFile::OutputFile(std::string file) : file_(std::move(file)) {
  if (written_directly(file_)) {
    final_ = file_;
  } else {
    final_ = resolved(file_);
    temporary_ = fmt::format("{}.{}.part", final_.string(), getpid());
  }
  out_ = std::fopen((temporary_.empty() ? final_ : temporary_).c_str(), "w");
  if (out_ == nullptr) fail(std::strerror(errno));
}

OutputFile::~OutputFile() {
  if (out_ == nullptr) return;
  std::fclose(out_);
  std::error_code error;
  if (!temporary_.empty()) fs::remove(temporary_, error);
}

void OutputFile::fail(const std::string& why) {
  std::error_code error;
  if (out_ != nullptr) std::fclose(std::exchange(out_, nullptr));
  if (!temporary_.empty()) fs::remove(temporary_, error);
  throw tb::Error(
      fmt::format("{}: {}; name a file in a writable folder with space left", file_, why));
}

void OutputFile::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), out_) != text.size()) fail(std::strerror(errno));
}

void OutputFile::commit() {
  if (std::fflush(out_) != 0) fail(std::strerror(errno));
  if (std::fclose(std::exchange(out_, nullptr)) != 0) fail(std::strerror(errno));
  if (temporary_.empty()) return;
  std::error_code error;
  if (fs::exists(final_)) fs::permissions(temporary_, fs::status(final_).permissions(), error);
  fs::rename(temporary_, final_, error);
  if (error) fail(error.message());
}

void write_file(std::string_view text, const std::string& file) {
  if (file == "-") {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() ||
        std::fflush(stdout) != 0) {
      throw tb::Error(fmt::format("standard output: {}", std::strerror(errno)));
    }
    return;
  }
  OutputFile out(file);
  out.write(text);
  out.commit();
}

void check_writable(const std::string& file) {
  if (file.empty() || file == "-") return;
  if (fs::is_directory(file)) throw tb::Error(fmt::format("{}: is a folder; name a file", file));
  if (written_directly(file) && fs::exists(file)) {
    if (access(file.c_str(), W_OK) != 0) {
      throw tb::Error(fmt::format("{}: {}", file, std::strerror(errno)));
    }
    return;
  }
  const fs::path folder = fs::absolute(resolved(file)).parent_path();
  if (!fs::is_directory(folder)) {
    throw tb::Error(
        fmt::format("{}: folder {} does not exist; create it first", file, folder.string()));
  }
  if (access(folder.c_str(), W_OK) != 0) {
    throw tb::Error(fmt::format("{}: folder {} is not writable", file, folder.string()));
  }
}

void check_writable_regular(const std::string& file) {
  if (file == "-" || written_directly(file)) {
    throw tb::Error(fmt::format("{}: this format needs a regular file; name one", file));
  }
  check_writable(file);
  const fs::path folder = fs::absolute(resolved(file)).parent_path();
  std::error_code error;
  const auto space = fs::space(folder, error);
  if (!error && space.available < kLeastSpace) {
    throw tb::Error(fmt::format("{}: folder {} has only {} KiB left; make room first", file,
                                folder.string(), space.available / 1024));
  }
}

}  // namespace freebits::cli
