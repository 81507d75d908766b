// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Instruction decode: expands compressed instructions, decodes, reads and forwards operands,
// detects hazards, takes jumps and those branches whose operands are settled.
//
// Handshake: if_valid_i && if_ready_o takes an instruction from fetch; go_o hands issue_o to EX
// (only when ex_ready_i). kill_i: EX redirects fetch; the instruction here is dropped.
module fb_id_stage #(
  parameter logic [2:0] IsaLevel = fb_isa_pkg::LevelFlexV
) (
  input  wire                       clk_i,
  input  wire                       rst_ni,
  input  wire  [2:0]                level_i,
  input  wire                       awake_i,        // 0: nothing moves
  // from fetch
  input  wire                       if_valid_i,
  output logic                      if_ready_o,
  input  wire  [31:0]               if_pc_i,
  input  wire  [31:0]               if_insn_i,
  input  wire                       if_err_i,
  input  wire                       if_err_upper_i,
  input  wire                       if_aligning_i,
  input  wire  [1:0]                if_tag_i,
  output logic                      redirect_o,
  output logic [31:0]               target_o,
  output logic                      tagged_o,       // the instruction here was predicted to end a loop
  output logic                      fencei_o,       // the redirection is that of fence.i
  // to EX
  input  wire                       kill_i,
  input  wire                       ex_ready_i,
  output logic                      go_o,
  output fb_core_pkg::issue_t       issue_o,
  output logic [31:0]               issue_a_o,
  output logic [31:0]               issue_b_o,
  output logic [31:0]               issue_c_o,
  output logic [31:0]               issue_insn_o,
  output logic [31:0]               issue_raw_o,
  output logic [31:0]               issue_pc_o,
  output logic [31:0]               issue_npc_o,
  output logic [31:0]               issue_target_o,
  output logic [31:0]               issue_tval_o,
  output logic [31:0]               issue_rs1_o,
  output logic [31:0]               issue_rs2_o,
  output logic [2:0]                bubble_o,       // why nothing is handed over (activity_e)
  // register file and hazards
  input  wire fb_core_pkg::hazard_t hazard_i,
  input  wire  [31:0]               ex_wdata_i,
  input  wire                       wb_done_i,      // the response WB waits for arrives
  input  wire  [31:0]               wb_wdata_i,
  input  wire                       rf_we_i,        // EX completes a register write (hazard_i.ex_rd, ex_wdata_i)
  // Mac&Load operand registers
  output logic                      ml_read_o,
  output logic                      ml_a_o,
  output logic [1:0]                ml_w_o,
  input  wire  [31:0]               ml_a_i,
  input  wire  [31:0]               ml_w_i,
  // interrupts
  input  wire                       irq_take_i,
  input  wire  [4:0]                irq_cause_i
);

  // The structure's fields, one by one: simulates faster than a structure that processes read.
  logic       ex_we, ex_load, ex_mem, ex_csr, ex_ml, wb_load, wb_ml, wb_pending, wb_elw;
  logic [4:0] ex_rd, ex_load_rd, wb_rd;
  logic [2:0] ex_ml_reg, wb_ml_reg;
  assign ex_we      = hazard_i.ex_we;
  assign ex_rd      = hazard_i.ex_rd;
  assign ex_load    = hazard_i.ex_load;
  assign ex_load_rd = hazard_i.ex_load_rd;
  assign ex_mem     = hazard_i.ex_mem;
  assign ex_csr     = hazard_i.ex_csr;
  assign ex_ml      = hazard_i.ex_ml;
  assign ex_ml_reg  = hazard_i.ex_ml_reg;
  assign wb_load    = hazard_i.wb_load;
  assign wb_rd      = hazard_i.wb_rd;
  assign wb_ml      = hazard_i.wb_ml;
  assign wb_ml_reg  = hazard_i.wb_ml_reg;
  assign wb_pending = hazard_i.wb_pending;
  assign wb_elw     = hazard_i.wb_elw;

  // ---- pipeline register ----
  logic        valid_q, compressed_q, illegal_rvc_q, err_q, err_upper_q;
  logic [31:0] insn_q, pc_q;
  logic [15:0] raw_q;
  logic [1:0]  tag_q;
  logic [2:0]  empty_q;  // why the register is empty

  logic [31:0] expanded;
  logic        rvc, rvc_illegal;
  fb_compressed_decoder u_compressed (
    .valid_i     (if_valid_i && if_ready_o),
    .insn_i      (if_insn_i),
    .insn_o      (expanded),
    .compressed_o(rvc),
    .illegal_o   (rvc_illegal)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q       <= 1'b0;
      compressed_q  <= 1'b0;
      illegal_rvc_q <= 1'b0;
      err_q         <= 1'b0;
      err_upper_q   <= 1'b0;
      insn_q        <= '0;
      pc_q          <= '0;
      raw_q         <= '0;
      tag_q         <= fb_core_pkg::TagNone;
      empty_q       <= fb_core_pkg::ActIdle;
    end else if (kill_i || redirect_o) begin
      valid_q <= 1'b0;
      empty_q <= fb_core_pkg::ActJump;
    end else if (if_ready_o) begin
      valid_q <= if_valid_i;
      empty_q <= if_aligning_i ? fb_core_pkg::ActJump : fb_core_pkg::ActIcacheMiss;
      if (if_valid_i) begin
        compressed_q  <= rvc;
        illegal_rvc_q <= rvc && rvc_illegal;
        err_q         <= if_err_i;
        err_upper_q   <= if_err_upper_i;
        insn_q        <= expanded;
        pc_q          <= if_pc_i;
        raw_q         <= if_insn_i[15:0];
        tag_q         <= if_tag_i;
      end
    end
  end

  // ---- decode ----
  fb_core_pkg::ctrl_t    ctrl;
  fb_core_pkg::id_ctrl_t dec;
  fb_decoder #(.IsaLevel(IsaLevel)) u_decoder (
    .insn_i (insn_q),
    .level_i,
    .ctrl_o (ctrl),
    .id_o   (dec)
  );

  logic [4:0] rs1, rs2, rd;
  assign rs1 = insn_q[19:15];
  assign rs2 = insn_q[24:20];
  assign rd  = insn_q[11:7];

  // ---- operands ----
  logic [31:0] rf_a, rf_b, rf_c, rs1_value, rs2_value, rd_value;
  fb_register_file u_register_file (
    .clk_i,
    .rst_ni,
    .raddr_a_i(rs1),
    .raddr_b_i(rs2),
    .raddr_c_i(rd),
    .rdata_a_o(rf_a),
    .rdata_b_o(rf_b),
    .rdata_c_o(rf_c),
    .we_a_i   (rf_we_i),
    .waddr_a_i(ex_rd),
    .wdata_a_i(ex_wdata_i),
    .we_b_i   (wb_load && wb_done_i),
    .waddr_b_i(wb_rd),
    .wdata_b_i(wb_wdata_i)
  );

  // Forwarding: EX before WB before the register file. x0 is never a match: its "writers" do not
  // set the flags.
  logic ex_is_rs1, ex_is_rs2, ex_is_rd, wb_is_rs1, wb_is_rs2, wb_is_rd;
  assign ex_is_rs1 = ex_we && ex_rd == rs1;
  assign ex_is_rs2 = ex_we && ex_rd == rs2;
  assign ex_is_rd  = ex_we && ex_rd == rd;
  assign wb_is_rs1 = wb_load && wb_rd == rs1;
  assign wb_is_rs2 = wb_load && wb_rd == rs2;
  assign wb_is_rd  = wb_load && wb_rd == rd;

  // Conditions below skip what nobody looks at: they cost simulation no time then, and synthesis no
  // gates.
  logic [31:0] npc, imm, b_plain, a, b, c;
  assign npc = pc_q + (compressed_q ? 32'd2 : 32'd4);
  always_comb begin
    rs1_value = 'x;
    rs2_value = 'x;
    rd_value  = 'x;
    imm       = 'x;
    b_plain   = 'x;
    a         = 'x;
    b         = 'x;
    c         = 'x;
    if (go_o) begin
      rs1_value = ex_is_rs1 ? ex_wdata_i : wb_is_rs1 ? wb_wdata_i : rf_a;
      rs2_value = ex_is_rs2 ? ex_wdata_i : wb_is_rs2 ? wb_wdata_i : rf_b;
      rd_value  = ex_is_rd ? ex_wdata_i : wb_is_rd ? wb_wdata_i : rf_c;

      unique case (dec.imm)
        fb_core_pkg::ImmI:     imm = {{20{insn_q[31]}}, insn_q[31:20]};
        fb_core_pkg::ImmS:     imm = {{20{insn_q[31]}}, insn_q[31:25], insn_q[11:7]};
        fb_core_pkg::ImmU:     imm = {insn_q[31:12], 12'd0};
        fb_core_pkg::ImmSci:   imm = {{26{insn_q[24]}}, insn_q[24:20], insn_q[25]};
        fb_core_pkg::ImmSciu:  imm = {26'd0, insn_q[24:20], insn_q[25]};
        fb_core_pkg::ImmClip:  imm = rs2 == 5'd0 ? 32'd0 : (32'd1 << (rs2 - 5'd1)) - 32'd1;
        fb_core_pkg::ImmShufH: imm = {15'd0, insn_q[20], 15'd0, insn_q[25]};
        fb_core_pkg::ImmShufB: imm = {6'd0, insn_q[28:27], 6'd0, insn_q[24:23], 6'd0,
                                      insn_q[22:21], 6'd0, insn_q[20], insn_q[25]};
        fb_core_pkg::ImmBi:    imm = {{27{insn_q[24]}}, insn_q[24:20]};
        default:               imm = 32'd0;
      endcase

      unique case (dec.op_a)
        fb_core_pkg::OpaPc:   a = pc_q;
        fb_core_pkg::OpaZero: a = 32'd0;
        fb_core_pkg::OpaRd:   a = rd_value;
        fb_core_pkg::OpaNpc:  a = npc;
        default:              a = rs1_value;
      endcase
      b_plain = dec.op_b == fb_core_pkg::OpbRs2 ? rs2_value :
                dec.op_b == fb_core_pkg::OpbRs1 ? rs1_value :
                dec.op_b == fb_core_pkg::OpbRd  ? rd_value : imm;
      b = b_plain;
      if (dec.replicate) begin
        unique case (ctrl.vec)
          fb_core_pkg::VecHalf:   b = {2{b_plain[15:0]}};
          fb_core_pkg::VecByte:   b = {4{b_plain[7:0]}};
          fb_core_pkg::VecNibble: b = {8{b_plain[3:0]}};
          default:                b = {16{b_plain[1:0]}};
        endcase
      end
      c = dec.op_c == fb_core_pkg::OpcRs2 ? rs2_value : rd_value;
      if (ctrl.mac_load) begin
        a = ml_a_i;
        b = ml_w_i;
      end
    end
  end
  assign ml_read_o = go_o && ctrl.mac_load;
  assign ml_a_o    = insn_q[15];
  assign ml_w_o    = insn_q[17:16];

  // ---- exceptions ----
  logic        illegal, faults, exc, interrupt;
  logic [4:0]  cause;
  logic [31:0] tval;
  assign illegal = illegal_rvc_q || dec.illegal;
  assign faults  = err_q || illegal || dec.ebreak || dec.ecall;
  always_comb begin
    cause = 'x;
    tval  = 'x;
    if (go_o && exc) begin
      cause = fb_isa_pkg::CauseEcall;
      tval  = 32'd0;
      if (interrupt) begin
        cause = irq_cause_i;
      end else if (err_q) begin
        cause = fb_isa_pkg::CauseInsnFault;
        tval  = pc_q + {30'd0, err_upper_q, 1'b0};
      end else if (illegal) begin
        cause = fb_isa_pkg::CauseIllegal;
        tval  = compressed_q ? {16'd0, raw_q} : insn_q;
      end else if (dec.ebreak) begin
        cause = fb_isa_pkg::CauseBreakpoint;
        tval  = pc_q;
      end
    end
  end

  // ---- hazards ----
  // Load-use: the value is not there before WB, and in WB only when the response arrives. The same
  // for Mac&Load operand registers; CSR accesses keep away from those.
  logic use_ex, use_wb, use_wb_ml, csr_waits, jump_waits, fence;
  always_comb begin
    use_ex     = 1'b0;
    use_wb     = 1'b0;
    use_wb_ml  = 1'b0;
    csr_waits  = 1'b0;
    jump_waits = 1'b0;
    fence      = 1'b0;
    if (ex_load) begin
      use_ex = (dec.rs1_used && ex_load_rd == rs1) ||
               (dec.rs2_used && ex_load_rd == rs2) ||
               (dec.rd_used && ex_load_rd == rd);
    end
    if (wb_load) begin
      use_wb = (dec.rs1_used && wb_is_rs1) || (dec.rs2_used && wb_is_rs2) ||
               (dec.rd_used && wb_is_rd);
    end
    if (ctrl.mac_load && rd != 5'd0) begin
      if (ex_ml) use_ex = ex_ml_reg == {2'b10, ml_a_o} || ex_ml_reg == {1'b0, ml_w_o};
      if (wb_ml) use_wb_ml = wb_ml_reg == {2'b10, ml_a_o} || wb_ml_reg == {1'b0, ml_w_o};
    end
    if (ctrl.mac_load && ex_csr) csr_waits = 1'b1;
    if (ctrl.unit == fb_core_pkg::UnitCsr) csr_waits = ex_ml || wb_ml;
    // jalr takes its base only from the register file; fence.i waits for quiet memory.
    unique case (ctrl.ctl)
      fb_core_pkg::CtlJalr: jump_waits = ex_is_rs1 || wb_is_rs1;
      fb_core_pkg::CtlFenceI: begin
        jump_waits = ex_mem;
        fence      = 1'b1;
      end
      default: ;
    endcase
  end

  // ---- handing over ----
  logic wb_late, stall_load, stall_late, stall;
  logic taken;  // the instruction here transfers control (below)
  always_comb begin
    interrupt  = 'x;
    exc        = 'x;
    wb_late    = 'x;
    stall_load = 'x;
    stall_late = 'x;
    stall      = 'x;
    bubble_o   = 'x;
    go_o       = 1'b0;
    redirect_o = 1'b0;
    fencei_o   = 1'b0;
    if_ready_o = 1'b0;
    if (awake_i) begin
      interrupt  = irq_take_i && !ex_csr;  // a CSR write ahead may disable it
      exc        = interrupt || faults;
      wb_late    = wb_pending && !wb_done_i;
      stall_load = use_ex || csr_waits || (wb_late && use_wb_ml);
      stall_late = wb_late && use_wb;
      stall      = (stall_load || stall_late || jump_waits || (wb_late && fence)) && !exc;
      go_o       = valid_q && ex_ready_i && !kill_i && !stall;
      redirect_o = go_o && taken && !exc;
      fencei_o   = redirect_o && fence;
      if_ready_o = !valid_q || go_o;

      bubble_o = empty_q;
      if (kill_i) bubble_o = fb_core_pkg::ActJump;
      else if (valid_q && stall_late) bubble_o = wb_elw ? fb_core_pkg::ActBarrier
                                                                 : fb_core_pkg::ActMemoryWait;
      else if (valid_q && stall_load) bubble_o = fb_core_pkg::ActLoadStall;
      else if (valid_q) bubble_o = fb_core_pkg::ActJump;
    end
  end

  // ---- control transfer ----

  // A branch whose operands come neither from EX nor from a load in WB
  // is decided here, one cycle earlier than in EX.
  logic        settled, equal, less, less_unsigned, condition;
  logic [31:0] rhs, base, offset, sum;
  always_comb begin
    settled       = 1'b0;
    rhs           = 'x;
    equal         = 'x;
    less          = 'x;
    less_unsigned = 'x;
    condition     = 'x;
    taken         = 1'b0;
    base          = pc_q;
    offset        = 'x;
    unique case (ctrl.ctl)
      fb_core_pkg::CtlBranch: begin
        settled       = !ex_is_rs1 && !wb_is_rs1 && !(dec.rs2_used && (ex_is_rs2 || wb_is_rs2));
        rhs           = dec.rs2_used ? rf_b : {{27{insn_q[24]}}, insn_q[24:20]};
        equal         = rf_a == rhs;
        less_unsigned = rf_a < rhs;
        less          = (rf_a[31] == rhs[31]) ? less_unsigned : rf_a[31];
        unique case (ctrl.alu_op)
          fb_core_pkg::AluEq:  condition = equal;
          fb_core_pkg::AluNe:  condition = !equal;
          fb_core_pkg::AluLt:  condition = less;
          fb_core_pkg::AluGe:  condition = !less;
          fb_core_pkg::AluLtu: condition = less_unsigned;
          default:             condition = !less_unsigned;
        endcase
        taken  = settled && condition;
        offset = {{20{insn_q[31]}}, insn_q[7], insn_q[30:25], insn_q[11:8], 1'b0};
      end
      fb_core_pkg::CtlJal: begin
        taken  = 1'b1;
        offset = {{12{insn_q[31]}}, insn_q[19:12], insn_q[20], insn_q[30:21], 1'b0};
      end
      fb_core_pkg::CtlJalr: begin
        taken  = 1'b1;
        base   = rf_a;
        offset = {{20{insn_q[31]}}, insn_q[31:20]};
      end
      fb_core_pkg::CtlFenceI: begin
        taken  = 1'b1;
        offset = 32'd4;
      end
      default: ;
    endcase
    sum = base + offset;
  end
  assign target_o   = {sum[31:1], 1'b0};
  assign tagged_o   = valid_q && tag_q != fb_core_pkg::TagNone;

  // ---- to EX ----
  always_comb begin
    issue_o = 'x;
    if (go_o) begin
      issue_o.ctrl      = ctrl;
      issue_o.settled   = settled;
      issue_o.jumped    = taken;
      issue_o.tag       = taken ? fb_core_pkg::TagNone : tag_q;
      issue_o.exc       = exc;
      issue_o.exc_irq   = interrupt;
      issue_o.exc_cause = cause;
      issue_o.rs1_used  = dec.rs1_used && !exc;  // a trapping instruction does not wait for operands
      issue_o.rs2_used  = dec.rs2_used && !exc;
    end
  end
  assign issue_a_o      = a;
  assign issue_b_o      = b;
  assign issue_c_o      = c;
  assign issue_insn_o   = insn_q;
  assign issue_raw_o    = err_q ? 32'd0 : compressed_q ? {16'd0, raw_q} : insn_q;
  assign issue_pc_o     = pc_q;
  assign issue_npc_o    = npc;
  assign issue_target_o = target_o;
  assign issue_tval_o   = tval;
  assign issue_rs1_o    = rs1_value;
  assign issue_rs2_o    = rs2_value;

  logic unused_bits;
  assign unused_bits = ^{sum[0]};

endmodule

`default_nettype wire
