/// Short documents and questions that share some of their words, ten of each in Korean and in English: enough to see
/// that a lexical method works at all, too few and too easy to compare good ones.
enum RetrievalSet {
    /// Question i is answered by document i of the same language.
    struct Language: Sendable {
        let documents: [String]
        let questions: [String]
    }

    static let korean = Language(
        documents: [
            "배포 절차: 릴리스 브랜치를 만들고 스테이징에서 확인한 뒤 운영 서버에 순서대로 배포합니다. 실패하면 이전 버전으로 롤백합니다.",
            "연차 휴가는 사내 포털에서 신청하고 팀장이 승인합니다. 남은 휴가 일수는 매년 1월에 다시 계산됩니다.",
            "메시지 큐에 데이터가 쌓이면 컨슈머 수를 늘리고, 처리에 실패한 메시지는 데드 레터 큐에서 원인을 확인합니다.",
            "데이터베이스 백업은 매일 새벽 3시에 실행되며 30일 동안 보관합니다. 복구 연습은 분기마다 진행합니다.",
            "신입 사원은 입사 첫날 노트북과 출입 카드를 받고, 첫 주에는 보안 교육을 이수해야 합니다.",
            "로그인이 안 될 때는 비밀번호를 초기화하고, 다섯 번 틀리면 계정이 잠기므로 헬프데스크에 문의하세요.",
            "회의실은 캘린더에서 예약하며 15분 안에 체크인하지 않으면 예약이 자동으로 취소됩니다.",
            "검색 결과가 이상하면 벡터 컬렉션의 차원과 임베딩 모델이 설정과 같은지 먼저 점검합니다.",
            "출장 경비는 영수증을 첨부해 다음 달 5일까지 정산 시스템에 올려야 환급받을 수 있습니다.",
            "장애가 발생하면 당직자가 상황을 공유하고, 해결된 뒤 이틀 안에 회고 문서를 작성합니다.",
        ],
        questions: [
            "운영 환경 배포가 실패했을 때 롤백하는 방법", "휴가를 신청하면 누가 승인해 주나요?", "큐에 쌓인 메시지를 빨리 처리하려면",
            "백업된 데이터는 얼마나 오래 보관되나?", "새로 입사하면 무슨 교육을 받아야 하죠", "비밀번호를 여러 번 틀려서 계정이 잠겼어요",
            "예약한 회의실이 취소되는 이유", "임베딩 차원이 다르면 어떻게 점검하지", "출장비 정산은 언제까지 해야 하나요", "장애 회고는 며칠 안에 써야 합니까",
        ])

    static let english = Language(
        documents: [
            "To deploy, cut a release branch, verify it on staging and roll it out server by server. On failure we roll "
                + "back to the previous version.",
            "Annual leave is requested in the staff portal and approved by your team lead. Remaining days are "
                + "recalculated every January.",
            "When messages pile up in the queue, add consumers. Messages that failed for good end in the dead letter "
                + "queue together with the reason.",
            "Database backups run every night at three and are kept for thirty days. Restoring is rehearsed each quarter.",
            "New employees receive a laptop and a badge on the first day and complete security training in the first week.",
            "If you cannot sign in, reset your password. After five wrong attempts the account is locked; contact the "
                + "help desk.",
            "Meeting rooms are booked in the calendar. A booking without check-in is cancelled after fifteen minutes.",
            "If search results look odd, check that dimension and embedding model of the vector collection match the "
                + "settings.",
            "Travel expenses must be filed with receipts by the fifth of the following month to be reimbursed.",
            "During an incident the engineer on call shares the status, and a postmortem is written within two days.",
        ],
        questions: [
            "how do I roll back a failed deployment", "who approves my leave request",
            "messages are piling up, what now",
            "how long are database backups kept", "which training does a new employee need",
            "my account got locked after wrong passwords", "why was my meeting room booking cancelled",
            "vector dimension does not match the embedding model", "deadline for travel expense receipts",
            "when must the postmortem for an incident be ready",
        ])
}
