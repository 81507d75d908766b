// SPDX-License-Identifier: Apache-2.0
// Fetch buffers and shared instruction cache as fb_cluster wires them. The ports have 16 slices
// whatever NumPorts is, so that one C++ driver fits every geometry.
module icache_harness #(
  parameter int NumPorts    = 8,
  parameter int Bytes       = 4096,
  parameter int Ways        = 4,
  parameter int Banks       = 2,
  parameter int BufferBytes = 512
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         flush_i,
  input  logic [31:0]  l2_bytes_i,
  input  logic [31:0]  l3_bytes_i,
  input  logic [15:0]  instr_req_i,
  input  logic [511:0] instr_addr_i,
  output logic [15:0]  instr_gnt_o,
  output logic [15:0]  instr_rvalid_o,
  output logic [511:0] instr_rdata_o,
  output logic [15:0]  instr_err_o,
  output logic         out_req_o,
  output logic [31:0]  out_addr_o,
  input  logic         out_gnt_i,
  input  logic         out_rvalid_i,
  input  logic [63:0]  out_rdata_i
);

  logic [NumPorts-1:0]     line_req, line_prefetch, line_gnt, line_rvalid, line_err;
  logic [NumPorts*32-1:0]  line_addr;
  logic [NumPorts*128-1:0] line_rdata;

  for (genvar i = 0; i < 16; i++) begin : g_port
    if (i < NumPorts) begin : g_used
      fb_fetch_buffer #(
        .Bytes(BufferBytes)
      ) u_fetch_buffer (
        .clk_i,
        .rst_ni,
        .flush_i,
        .instr_req_i    (instr_req_i[i]),
        .instr_addr_i   (instr_addr_i[i*32 +: 32]),
        .instr_gnt_o    (instr_gnt_o[i]),
        .instr_rvalid_o (instr_rvalid_o[i]),
        .instr_rdata_o  (instr_rdata_o[i*32 +: 32]),
        .instr_err_o    (instr_err_o[i]),
        .line_req_o     (line_req[i]),
        .line_addr_o    (line_addr[i*32 +: 32]),
        .line_prefetch_o(line_prefetch[i]),
        .line_gnt_i     (line_gnt[i]),
        .line_rvalid_i  (line_rvalid[i]),
        .line_rdata_i   (line_rdata[i*128 +: 128]),
        .line_err_i     (line_err[i])
      );
    end else begin : g_unused
      logic unused_inputs;
      assign unused_inputs              = ^{instr_req_i[i], instr_addr_i[i*32 +: 32]};
      assign instr_gnt_o[i]             = 1'b0;
      assign instr_rvalid_o[i]          = 1'b0;
      assign instr_rdata_o[i*32 +: 32]  = '0;
      assign instr_err_o[i]             = 1'b0;
    end
  end

  fb_icache #(
    .NumPorts(NumPorts),
    .Bytes   (Bytes),
    .Ways    (Ways),
    .Banks   (Banks)
  ) u_icache (
    .clk_i,
    .rst_ni,
    .flush_i,
    .l2_bytes_i,
    .l3_bytes_i,
    .req_i     (line_req),
    .prefetch_i(line_prefetch),
    .addr_i    (line_addr),
    .gnt_o     (line_gnt),
    .rvalid_o  (line_rvalid),
    .rdata_o   (line_rdata),
    .err_o     (line_err),
    .out_req_o,
    .out_addr_o,
    .out_gnt_i,
    .out_rvalid_i,
    .out_rdata_i
  );

endmodule
