// SPDX-License-Identifier: Apache-2.0
#include "rsp_connection.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "freebits/tb/error.hpp"

namespace freebits::tb {
namespace {

constexpr int kPollMilliseconds = 100;
constexpr char kInterrupt = 0x03;

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

unsigned checksum(std::string_view payload) {
  unsigned sum = 0;
  for (const char c : payload) sum += static_cast<unsigned char>(c);
  return sum & 0xff;
}

}  // namespace

std::string to_hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

std::optional<std::string> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = digit(digits[i]);
    const int low = digit(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

RspConnection::RspConnection(std::uint16_t port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (listener_ < 0 || ::bind(listener_, generic, size) != 0 || ::listen(listener_, 1) != 0 ||
      ::getsockname(listener_, generic, &size) != 0) {
    const std::string why = std::strerror(errno);
    close();
    if (listener_ >= 0) ::close(listener_);
    throw Error(
        fmt::format("--gdb {}: cannot listen at 127.0.0.1: {}; choose another port", port, why));
  }
  port_ = ntohs(address.sin_port);
}

RspConnection::~RspConnection() {
  close();
  if (listener_ >= 0) ::close(listener_);
}

void RspConnection::close() {
  if (peer_ >= 0) ::close(peer_);
  peer_ = -1;
  input_.clear();
  acknowledge_ = true;
}

bool RspConnection::accept(const std::function<bool()>& stop) {
  pollfd waiting{listener_, POLLIN, 0};
  while (!stop()) {
    if (::poll(&waiting, 1, kPollMilliseconds) <= 0) continue;
    peer_ = ::accept(listener_, nullptr, nullptr);
    if (peer_ < 0) continue;
    const int yes = 1;
    ::setsockopt(peer_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return true;
  }
  return false;
}

/// Reads what has arrived, waiting for at most so long. False: nothing.
bool RspConnection::fill(int timeout_milliseconds) {
  if (peer_ < 0) return false;
  pollfd waiting{peer_, POLLIN, 0};
  if (::poll(&waiting, 1, timeout_milliseconds) <= 0) return false;
  std::array<char, 4096> buffer{};
  const ssize_t count = ::recv(peer_, buffer.data(), buffer.size(), 0);
  if (count <= 0) {
    close();
    return false;
  }
  input_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

std::optional<std::string> RspConnection::receive(const std::function<bool()>& stop) {
  while (true) {
    const std::size_t begin = input_.find('$');
    const std::size_t end = begin == std::string::npos ? begin : input_.find('#', begin);
    if (end != std::string::npos && end + 2 < input_.size()) {
      std::string payload = input_.substr(begin + 1, end - begin - 1);
      const int high = digit(input_[end + 1]);
      const int low = digit(input_[end + 2]);
      input_.erase(0, end + 3);
      const bool good =
          high >= 0 && low >= 0 && static_cast<unsigned>(high << 4 | low) == checksum(payload);
      if (acknowledge_) {
        const char answer = good ? '+' : '-';
        (void)::send(peer_, &answer, 1, MSG_NOSIGNAL);
      }
      if (good) return payload;
      continue;
    }
    if (!connected() || stop()) return std::nullopt;
    fill(kPollMilliseconds);
  }
}

bool RspConnection::interruption_requested() {
  while (fill(0)) {
  }
  const std::size_t at = input_.find(kInterrupt);
  if (at == std::string::npos) return false;
  input_.erase(at, 1);
  return true;
}

void RspConnection::send(std::string_view payload) {
  if (peer_ < 0) return;
  const std::string packet = fmt::format("${}#{:02x}", payload, checksum(payload));
  std::size_t sent = 0;
  while (sent < packet.size()) {
    const ssize_t count = ::send(peer_, packet.data() + sent, packet.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) {
      close();
      return;
    }
    sent += static_cast<std::size_t>(count);
  }
}

}  // namespace freebits::tb
